import type { Mistake } from './mistake.ts';
import { COMMON_ATTRIBUTES, isReservedUrn, LANGUAGE_NAMES } from './reserved-scim-names.ts';
import type { AttributeDocument, SchemaDocument } from './scim-schema.ts';

const URN = /^urn:[a-z0-9][a-z0-9-]{0,31}(?::[A-Za-z0-9._-]+)+$/i;
const LONGEST_URN = 200;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
const REFERENCE_NAME = '$ref';

/** What is wrong with a schema by itself (RFC 7643 §2, §7); nothing when it may be configured. */
export function schemaMistakes({ id, attributes }: SchemaDocument): readonly Mistake[] {
  return [...urnMistakes(id), ...listMistakes(attributes, 'attributes', false)];
}

function urnMistakes(id: string): readonly Mistake[] {
  const at = (message: string) => [{ path: 'id', message }];
  if (id.length > LONGEST_URN || !URN.test(id))
    return at(`must be a URN of at most ${LONGEST_URN} letters, digits, ".", "_", "-" and ":"`);
  return isReservedUrn(id) ? at('is a URN of the SCIM standard itself') : [];
}

function listMistakes(list: readonly AttributeDocument[], path: string, nested: boolean): readonly Mistake[] {
  const names = list.map(({ name }) => name.toLowerCase());
  return list.flatMap((attribute, index) => {
    const place = `${path}.${index}`;
    const repeated = names.indexOf(names[index] ?? '') < index;
    const again = repeated ? [{ path: `${place}.name`, message: 'is there twice, whatever the case' }] : [];
    return [...again, ...attributeMistakes(attribute, place, nested)];
  });
}

function attributeMistakes(attribute: AttributeDocument, path: string, nested: boolean): readonly Mistake[] {
  const broken = RULES.filter(({ holds }) => !holds(attribute, nested));
  const inside = listMistakes(attribute.subAttributes ?? [], `${path}.subAttributes`, true);
  return [...broken.map(({ member, message }) => ({ path: `${path}.${member}`, message })), ...inside];
}

interface Rule {
  readonly member: keyof AttributeDocument;
  readonly message: string;
  holds(attribute: AttributeDocument, nested: boolean): boolean;
}

const isShown = ({ mutability, returned }: AttributeDocument) => mutability !== 'writeOnly' && returned !== 'never';

/** Every rule an attribute must keep, beyond the form of its document. */
const RULES: readonly Rule[] = [
  {
    member: 'name',
    message: `must be a letter and then letters, digits, "_" and "-", at most 100, or ${REFERENCE_NAME}`,
    holds: ({ name }) => name === REFERENCE_NAME || NAME.test(name),
  },
  {
    member: 'name',
    message: 'is an attribute of every resource already',
    holds: ({ name }, nested) => nested || !COMMON_ATTRIBUTES.has(name.toLowerCase()),
  },
  {
    member: 'name',
    message: 'is not a name that may be used',
    holds: ({ name }) => !LANGUAGE_NAMES.has(name.toLowerCase()),
  },
  {
    member: 'type',
    message: 'cannot be complex within a complex attribute',
    holds: ({ type }, nested) => !(nested && type === 'complex'),
  },
  {
    member: 'subAttributes',
    message: 'are there if, and only if, the type is complex',
    holds: ({ type, subAttributes }) =>
      (type === 'complex') === (subAttributes !== undefined && subAttributes.length > 0),
  },
  {
    member: 'uniqueness',
    message: 'can be asked only of a single, simple attribute that is no sub-attribute',
    holds: ({ uniqueness, type, multiValued }, nested) =>
      uniqueness === 'none' || (!nested && !multiValued && type !== 'complex' && type !== 'boolean'),
  },
  {
    member: 'uniqueness',
    message: 'cannot be asked of a value that is not kept (never returned, or write-only)',
    holds: (attribute) => attribute.uniqueness === 'none' || isShown(attribute),
  },
  {
    member: 'mutability',
    message: 'cannot be immutable for a value that is not kept (never returned)',
    holds: ({ mutability, returned }) => !(mutability === 'immutable' && returned === 'never'),
  },
  {
    member: 'returned',
    message: 'must be never for a write-only attribute (RFC 7643 §7)',
    holds: ({ mutability, returned }) => mutability !== 'writeOnly' || returned === 'never',
  },
  {
    member: 'required',
    message: 'cannot be asked of a value that clients may not write',
    holds: ({ required, mutability }) => !(required && mutability === 'readOnly'),
  },
  {
    member: 'canonicalValues',
    message: 'are for text',
    holds: ({ canonicalValues, type }) => canonicalValues === undefined || type === 'string' || type === 'reference',
  },
  {
    member: 'referenceTypes',
    message: 'are for references',
    holds: ({ referenceTypes, type }) => referenceTypes === undefined || type === 'reference',
  },
];
