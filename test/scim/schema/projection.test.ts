import { expect } from 'chai';
import { readProjection } from '../../../scim/http/query.ts';
import { compileSchema } from '../../../scim/schema/compile.ts';
import type { AttributeDocument } from '../../../src/core/scim-schema.ts';

const CORE = 'urn:example:Thing';
const EXTENSION = 'urn:example:More';

const plain = { type: 'string', multiValued: false, required: false, mutability: 'readWrite' } as const;
const attribute = (name: string, returned: AttributeDocument['returned']): AttributeDocument => ({
  ...plain,
  name,
  returned,
});
const EVERY = ['always', 'request', 'default'] as const;
const all = EVERY.map((returned) => attribute(returned, returned));

/** One attribute of each kind in the core, in an extension, and as parts of a single and of a multi-valued attribute. */
const schema = compileSchema(
  {
    id: CORE,
    name: 'Thing',
    description: '',
    attributes: [
      ...all,
      { ...attribute('one', 'default'), type: 'complex', subAttributes: all },
      { ...attribute('many', 'default'), type: 'complex', multiValued: true, subAttributes: all },
      { ...attribute('secret', 'request'), type: 'complex', subAttributes: all },
    ],
  },
  [{ document: { id: EXTENSION, name: 'More', description: '', attributes: all }, required: false }],
);

const values = Object.fromEntries(EVERY.map((name) => [name, name]));
const resource = {
  schemas: [CORE, EXTENSION],
  id: '1',
  ...values,
  one: values,
  many: [values],
  secret: values,
  [EXTENSION]: values,
  'urn:example:unknown': { request: 'kept as it was sent' },
};

describe('what is returned of a resource (RFC 7643 §7, RFC 7644 §3.9)', () => {
  const show = (parameters: { readonly [name: string]: string }) => {
    const projection = readProjection(new Map(Object.entries(parameters)), schema);
    return projection?.(resource);
  };
  const head = { schemas: [CORE, EXTENSION], id: '1', always: 'always' };
  const usual = { always: 'always', default: 'default' };

  it('fact-44 is, unless asked, without what is on request only', () => {
    expect(show({})).to.deep.equal({
      ...head,
      default: 'default',
      one: usual,
      many: [usual],
      [EXTENSION]: usual,
      'urn:example:unknown': { request: 'kept as it was sent' },
    });
  });

  for (const [attributes, wanted] of [
    ['default', { default: 'default' }],
    ['request', { request: 'request' }],
    ['nonsense', {}],
    ['one', { one: usual }],
    ['one.request', { one: { always: 'always', request: 'request' } }],
    ['ONE.default,many.request', { one: usual, many: [{ always: 'always', request: 'request' }] }],
    ['secret', { secret: usual }],
    ['secret.default', { secret: usual }],
    [`${CORE}:one.request`, { one: { always: 'always', request: 'request' } }],
    [`${EXTENSION}:request`, { [EXTENSION]: { always: 'always', request: 'request' } }],
    ['urn:example:unknown', { 'urn:example:unknown': { request: 'kept as it was sent' } }],
  ] as const)
    it(`fact-44 is what attributes=${attributes} names, and what always is`, () => {
      expect(show({ attributes })).to.deep.equal({ ...head, [EXTENSION]: { always: 'always' }, ...wanted });
    });

  for (const [excludedattributes, wanted] of [
    ['default,one,many', { [EXTENSION]: usual }],
    ['always,id,schemas,one,many,default', { [EXTENSION]: usual }],
    [`many,${EXTENSION}:default`, { default: 'default', one: usual, [EXTENSION]: { always: 'always' } }],
    ['one.default,one.always,many', { default: 'default', one: { always: 'always' }, [EXTENSION]: usual }],
    [`${CORE}:one,many,default`, { [EXTENSION]: usual }],
    [`${EXTENSION},one,many`, { default: 'default', [EXTENSION]: { always: 'always' } }],
  ] as const)
    it(`fact-44 is the rest under excludedAttributes=${excludedattributes}, and what always is`, () => {
      expect(show({ excludedattributes })).to.deep.equal({
        ...head,
        'urn:example:unknown': { request: 'kept as it was sent' },
        ...wanted,
      });
    });
});
