import { expect } from 'chai';
import type { GivenAttribute } from '../../src/core/complete-attribute.ts';
import { BADGE_SCHEMA as B } from '../fixtures/configurations.ts';
import { describeOnBothStores } from './both-stores.ts';
import { configurator } from './configure.ts';
import { aPerson, E, expectBody, expectEmpty, expectError, expectList, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const text = (name: string, facts: Partial<GivenAttribute> = {}): GivenAttribute => ({
  name,
  type: 'string',
  ...facts,
});

describeOnBothStores('SCIM custom schemas', (on) => {
  let scim: ScimServer;
  let configure: ReturnType<typeof configurator>;
  before(async () => {
    scim = await startScim(on);
    configure = configurator(scim, scim);
  });
  after(() => scim.stop());

  /** Users with an extension of these attributes, from now on. */
  const withBadge = async (...attributes: readonly GivenAttribute[]) => {
    await configure.extend('User');
    await configure.forgetSchema(B).catch(() => undefined);
    await configure.schema(B, ...attributes);
    await configure.extend('User', B);
  };
  const create = async (badge: object, more: object = {}) =>
    expectBody(await scim.post('/Users', aPerson({ [B]: badge, ...more })), 201);
  const read = async (id: string, query = '') => expectBody(await scim.get(`/Users/${id}${query}`), 200);

  it('RFC 7643 §3.3 keeps an extension typed, under its URN, and finds people by it', async () => {
    await withBadge(text('color'), { name: 'floor', type: 'integer' });
    const made = await create({ COLOR: 'Red', floor: 3 });
    expect(made.schemas).to.deep.equal([U, B]);
    expect(made[B]).to.deep.equal({ color: 'Red', floor: 3 });
    expect((await scim.stored(made.id)).attributes).to.include({ [`${B}:color`]: 'Red', [`${B}:floor`]: 3 });
    for (const filter of [`${B}:color eq "red"`, `${B.toUpperCase()}:floor gt 2 and floor lt 4`, `schemas eq "${B}"`])
      expect(
        expectList(await scim.filter(filter)).map(({ id }) => id),
        filter,
      ).to.deep.equal([made.id]);
    const patched = expectBody(
      await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: `${B}:floor`, value: 4 }]),
      200,
    );
    expect(patched[B]).to.deep.equal({ color: 'Red', floor: 4 });
    const shown = await read(made.id, `?attributes=${B}:floor`);
    expect(shown).to.deep.equal({ schemas: [U, B], id: made.id, [B]: { floor: 4 } });
    const without = expectBody(await scim.patch(`/Users/${made.id}`, [{ op: 'remove', path: B }]), 200);
    expect(without).not.to.have.property(B);
    expect(without.schemas).to.deep.equal([U]);
  });

  it('shows content from before a schema was configured by that schema, and hides it when the schema goes', async () => {
    await configure.extend('User');
    const made = await create({ color: 'Red', floor: 'three', secret: 'x' });
    const { opaque } = await scim.record(made.id);
    expect(opaque).to.contain('three');
    await withBadge(text('color'), { name: 'floor', type: 'integer' }, text('secret', { mutability: 'writeOnly' }));
    const shown = await read(made.id);
    expect(shown[B]).to.deep.equal({ color: 'Red' });
    expect(shown.meta).to.deep.equal(made.meta);
    expect(expectList(await scim.filter(`${B}:color eq "red"`))).to.have.length(1);
    expectBody(await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: `${B}:floor`, value: 3 }]), 200);
    expect((await scim.record(made.id)).opaque).to.equal(undefined);
    expect((await read(made.id))[B]).to.deep.equal({ color: 'Red', floor: 3 });

    await configure.extend('User');
    const hidden = await read(made.id);
    expect(hidden.schemas).to.deep.equal([U]);
    expect(hidden).not.to.have.property(B);
    expectError(await scim.filter(`${B}:color eq "red"`), 400, 'invalidFilter');
    expectList(await scim.filter(`userName eq "${made.userName}" and schemas eq "${B}"`), 0);
    expectBody(await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'x' }]), 200);
    await configure.extend('User', B);
    expect((await read(made.id))[B], 'nothing was lost').to.deep.equal({ color: 'Red', floor: 3 });
  });

  it('keeps an unknown extension opaque, and in strict refuses it by name', async () => {
    await withBadge(text('color'));
    const unknown = 'urn:example:unknown:2.0:User';
    const kept = await create({ color: 'Red' }, { [unknown]: { a: [1] } });
    expect(kept[unknown]).to.deep.equal({ a: [1] });
    const strict = await startScim({ principal: { dialect: 'strict' } });
    try {
      const own = configurator(strict, strict);
      await own.schema(B, text('color'));
      await own.extend('User', B);
      const sent = aPerson({ [unknown]: { a: 1 } });
      expect(expectError(await strict.post('/Users', sent), 400, 'invalidValue').detail).to.contain(unknown);
      const named = aPerson({ schemas: [U, unknown] });
      expect(expectError(await strict.post('/Users', named), 400, 'invalidValue').detail).to.contain(unknown);
      expectError(await strict.post('/Users', aPerson({ schemas: undefined })), 400, 'invalidSyntax');
      expectError(await strict.post('/Users', aPerson({ schemas: [U, U] })), 400, 'invalidSyntax');
      expect(await strict.countUsers()).to.equal(0);
      const made = expectBody(await strict.post('/Users', aPerson({ schemas: [U, B], [B]: { color: 'Red' } })), 201);
      const patch = [{ op: 'add', value: { [unknown]: { a: 1 } } }];
      expect(expectError(await strict.patch(`/Users/${made.id}`, patch), 400, 'invalidValue').detail).to.contain(
        unknown,
      );
    } finally {
      await strict.stop();
    }
  });

  it('RFC 7643 §2.2 readOnly: ignored in a body, refused as a path', async () => {
    await withBadge(text('color'), text('serial', { mutability: 'readOnly' }));
    const made = await create({ color: 'Red', serial: 'mine' });
    expect(made[B]).to.deep.equal({ color: 'Red' });
    const put = expectBody(await scim.put(`/Users/${made.id}`, { ...made, [B]: { serial: 'mine' } }), 200);
    expect(put).not.to.have.property(B);
    expectError(
      await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: `${B}:serial`, value: 'x' }]),
      400,
      'mutability',
    );
    expectBody(await scim.patch(`/Users/${made.id}`, [{ op: 'add', value: { [B]: { serial: 'x' } } }]), 200);
    expect((await scim.stored(made.id)).attributes).not.to.have.property(`${B}:serial`);
  });

  it('fact-47 immutable: set once, kept by a PUT that leaves it out, and never changed', async () => {
    const place = {
      name: 'place',
      type: 'complex',
      subAttributes: [text('site', { mutability: 'immutable' }), text('desk')],
    };
    await withBadge(text('serial', { mutability: 'immutable' }), text('color'), place as GivenAttribute);
    const made = await create({ color: 'Red' });
    const path = `/Users/${made.id}`;
    const set = [
      { op: 'add', path: `${B}:serial`, value: 's1' },
      { op: 'add', path: `${B}:place`, value: { site: 'A', desk: '1' } },
    ];
    const full = expectBody(await scim.patch(path, set), 200);
    expect(full[B]).to.deep.equal({ color: 'Red', serial: 's1', place: { site: 'A', desk: '1' } });
    for (const [op, name, value] of [
      ['replace', 'serial', 's2'],
      ['remove', 'serial', undefined],
      ['replace', 'place.site', 'B'],
      ['remove', 'place', undefined],
      ['replace', 'place', { site: 'B' }],
    ] as const)
      expectError(await scim.patch(path, [{ op, path: `${B}:${name}`, value }]), 400, 'mutability');
    expectError(await scim.put(path, { ...full, [B]: { serial: 's2' } }), 400, 'mutability');
    expectError(await scim.put(path, { ...full, [B]: { serial: null } }), 400, 'mutability');
    expect(await read(made.id)).to.deep.equal(full);
    const left = expectBody(await scim.put(path, { ...full, [B]: { place: { desk: '2' } } }), 200);
    expect(left[B]).to.deep.equal({ serial: 's1', place: { site: 'A', desk: '2' } });
    const back = [
      { op: 'remove', path: `${B}:serial` },
      { op: 'add', path: `${B}:serial`, value: 's1' },
    ];
    expect(expectBody(await scim.patch(path, back), 200).meta).to.deep.equal(left.meta);
  });

  it('RFC 7643 §7 writeOnly and never: taken, checked, kept nowhere, shown to nobody, asked for by nobody', async () => {
    const part = text('pin', { returned: 'never' });
    const card = { name: 'card', type: 'complex', subAttributes: [text('number'), part] } as GivenAttribute;
    await withBadge(
      text('secret', { mutability: 'writeOnly' }),
      text('hint', { returned: 'never', required: true }),
      card,
    );
    expectError(await scim.post('/Users', aPerson({ [B]: { card: { number: '1' } } })), 400, 'invalidValue');
    expectError(await scim.post('/Users', aPerson({ [B]: { hint: 'x', secret: 7 } })), 400, 'invalidValue');
    const made = await create({ hint: 'h-i-n-t', secret: 's-e-c-r-e-t', card: { number: '1', pin: 'p-i-n' } });
    expect(made[B]).to.deep.equal({ card: { number: '1' } });
    const path = `/Users/${made.id}`;
    for (const [name, value] of [
      ['secret', 's-e-c-r-e-t'],
      ['hint', 'h-i-n-t'],
      ['card.pin', 'p-i-n'],
    ]) {
      expectBody(await scim.patch(path, [{ op: 'replace', path: `${B}:${name}`, value }]), 200);
      expectError(await scim.filter(`${B}:${name} eq "x"`), 400, 'invalidFilter');
      expectError(await scim.filter(`${B}:${name} pr`), 400, 'invalidFilter');
    }
    expectError(await scim.filter(`${B}:card[pin eq "x"]`), 400, 'invalidFilter');
    expectError(await scim.patch(path, [{ op: 'replace', path: `${B}:secret`, value: { a: 1 } }]), 400, 'invalidValue');
    expect((await scim.get(`${path}?attributes=${B}:secret,${B}:hint,${B}:card.pin`)).text).not.to.match(
      /s-e-c|h-i-n|p-i-n/,
    );
    expect(JSON.stringify(await scim.stored(made.id))).not.to.match(/s-e-c-r-e-t|h-i-n-t|p-i-n/);
    expect((await read(made.id)).meta.version).to.equal(made.meta.version);
  });

  it('RFC 7643 §7 returned: always, and request only when asked for or just written', async () => {
    const place = {
      name: 'place',
      type: 'complex',
      subAttributes: [text('site', { returned: 'always' }), text('desk', { returned: 'request' }), text('floor')],
    };
    await withBadge(
      text('code', { returned: 'always' }),
      text('long', { returned: 'request' }),
      text('color'),
      place as GivenAttribute,
    );
    const sent = { code: 'c', long: 'l', color: 'Red', place: { site: 's', desk: 'd', floor: 'f' } };
    const made = await create(sent);
    const shown = { code: 'c', color: 'Red', place: { site: 's', floor: 'f' } };
    expect(made[B]).to.deep.equal({ ...shown, long: 'l' });
    expect((await read(made.id))[B]).to.deep.equal(shown);
    expect((await read(made.id, `?attributes=${B}:long`))[B]).to.deep.equal({ code: 'c', long: 'l' });
    expect((await read(made.id, '?attributes=title'))[B]).to.deep.equal({ code: 'c' });
    expect((await read(made.id, `?excludedAttributes=${B}`))[B]).to.deep.equal({ code: 'c' });
    expect((await read(made.id, `?excludedAttributes=${B}:place.site`))[B]).to.deep.equal(shown);
    expect((await read(made.id, `?attributes=${B}:place.desk`))[B]).to.deep.equal({
      code: 'c',
      place: { site: 's', desk: 'd' },
    });
    const path = `/Users/${made.id}`;
    const other = expectBody(await scim.patch(path, [{ op: 'add', path: 'title', value: 't' }]), 200);
    expect(other[B]).to.deep.equal(shown);
    const long = expectBody(await scim.patch(path, [{ op: 'add', path: `${B}:long`, value: 'l2' }]), 200);
    expect(long[B]).to.deep.equal({ ...shown, long: 'l2' });
    const [listed] = expectList(await scim.filter(`userName eq "${made.userName}"`));
    expect(listed[B]).to.deep.equal(shown);
  });

  it('RFC 7643 §7 uniqueness: one person at a time, also of those who race, and free again afterwards', async () => {
    await withBadge(text('number', { uniqueness: 'server' }), text('Code', { uniqueness: 'global', caseExact: true }));
    const first = await create({ number: 'A1', Code: 'x' });
    expectError(await scim.post('/Users', aPerson({ [B]: { number: 'a1' } })), 409, 'uniqueness');
    const second = await create({ number: 'a2', Code: 'X' });
    expectError(
      await scim.patch(`/Users/${second.id}`, [{ op: 'add', path: `${B}:number`, value: 'A1' }]),
      409,
      'uniqueness',
    );
    expectError(await scim.put(`/Users/${second.id}`, { ...second, [B]: { number: 'A1' } }), 409, 'uniqueness');
    expect((await read(second.id))[B]).to.deep.equal({ number: 'a2', Code: 'X' });
    expectBody(await scim.put(`/Users/${first.id}`, first), 200);
    expectError(await scim.post('/Users', aPerson({ [B]: { number: 'x'.repeat(1_001) } })), 400, 'invalidValue');

    const before = await scim.countUsers();
    const racers = Array.from({ length: 8 }, () => scim.post('/Users', aPerson({ [B]: { number: 'raced' } })));
    const statuses = (await Promise.all(racers)).map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([201, ...Array.from({ length: 7 }, () => 409)]);
    expect(await scim.countUsers()).to.equal(before + 1);

    expectBody(await scim.patch(`/Users/${first.id}`, [{ op: 'remove', path: `${B}:number` }]), 200);
    const third = await create({ number: 'A1' });
    expectEmpty(await scim.delete(`/Users/${third.id}`), 204);
    await create({ number: 'A1' });
  });

  it('fact-19 required: attributes of a carried extension, parts of a value, and required extensions', async () => {
    const card = {
      name: 'cards',
      type: 'complex',
      multiValued: true,
      subAttributes: [text('value', { required: true }), text('note')],
    };
    await withBadge(text('number', { required: true }), text('color'), card as GivenAttribute);
    expectError(await scim.post('/Users', aPerson({ [B]: { color: 'Red' } })), 400, 'invalidValue');
    expectError(await scim.post('/Users', aPerson({ [B]: { number: ' ' } })), 400, 'invalidValue');
    expectError(
      await scim.post('/Users', aPerson({ [B]: { number: '1', cards: [{ note: 'n' }] } })),
      400,
      'invalidValue',
    );
    const plain = expectBody(await scim.post('/Users', aPerson()), 201);
    const path = `/Users/${plain.id}`;
    expectError(await scim.patch(path, [{ op: 'add', path: `${B}:color`, value: 'Red' }]), 400, 'invalidValue');
    const both = [
      { op: 'add', path: `${B}:color`, value: 'Red' },
      { op: 'add', path: `${B}:number`, value: '1' },
    ];
    expectBody(await scim.patch(path, both), 200);
    expectError(await scim.patch(path, [{ op: 'remove', path: `${B}:number` }]), 400, 'mutability');
    expectError(await scim.patch(path, [{ op: 'replace', path: `${B}:number`, value: '' }]), 400, 'invalidValue');
    expect(expectBody(await scim.patch(path, [{ op: 'remove', path: B }]), 200)).not.to.have.property(B);

    await configure.extend('User', [B, true]);
    expectError(await scim.post('/Users', aPerson()), 400, 'invalidValue');
    const carrier = await create({ number: '1' });
    expectError(await scim.put(`/Users/${carrier.id}`, aPerson()), 400, 'invalidValue');
    expectError(await scim.patch(`/Users/${carrier.id}`, [{ op: 'remove', path: B }]), 400, 'mutability');
    expectBody(await scim.patch(path, [{ op: 'add', path: 'title', value: 'was here before' }]), 200);
    const types = expectList(await scim.get('/ResourceTypes'));
    expect(types[0].schemaExtensions).to.deep.equal([
      { schema: E, required: false },
      { schema: B, required: true },
    ]);
  });

  it('fact-20 takes canonical values for suggestions', async () => {
    await withBadge(text('color', { canonicalValues: ['red', 'blue'] }));
    expect((await create({ color: 'Green' }))[B]).to.deep.equal({ color: 'Green' });
  });

  it('throws a password away even where an extension has an attribute of that name', async () => {
    await withBadge(text('password'));
    const made = expectBody(await scim.post('/Users', aPerson({ password: 'c-l-e-a-r' })), 201);
    expect(JSON.stringify([made, await scim.stored(made.id)])).not.to.contain('c-l-e-a-r');
    expect((await create({ password: 'meant' }))[B]).to.deep.equal({ password: 'meant' });
  });

  it('keeps what one organization configured from every other', async () => {
    await withBadge(text('color'));
    const other = await scim.addTenant();
    expect(expectList(await other.get('/Schemas')).map(({ id }) => id)).not.to.include(B);
    expectError(await other.get(`/Schemas/${B}`), 404);
    const sent = aPerson({ [B]: { color: 7 } });
    expect(expectBody(await other.post('/Users', sent), 201)[B], 'opaque there').to.deep.equal({ color: 7 });
    expectError(await scim.post('/Users', sent), 400, 'invalidValue');
  });

  it('hides values that no longer fit the schema', async () => {
    await withBadge(text('color'), { name: 'place', type: 'complex', subAttributes: [text('site'), text('desk')] });
    const made = await create({ color: 'Red', place: { site: 'A', desk: '1' } });
    await withBadge(
      { name: 'color', type: 'integer' },
      { name: 'place', type: 'complex', subAttributes: [text('site')] },
    );
    expect((await read(made.id))[B]).to.deep.equal({ place: { site: 'A' } });
  });
});
