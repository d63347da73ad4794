import { expect } from 'chai';
import fc from 'fast-check';
import { builtInSchemas } from '../../scim/schema/served-schemas.ts';
import type { User } from '../../src/core/user.ts';
import { watchBuiltIns } from './builtins.ts';
import { type Answer, type Body, patchOp } from './client.ts';
import { aPerson, E, expectBody, U } from './expectations.ts';
import { asObject, body, filter, INTERNAL_NAMES, NAMES, operation } from './hostile-arbitraries.ts';
import { type ScimServer, startScim } from './server.ts';

const index = builtInSchemas().user.schema;

/** Writes between two looks at what is stored. */
const MOST_WRITES = 3;

describe('SCIM under 5,000 fuzzed requests (S03, S11)', () => {
  let scim: ScimServer;
  let user: Body;
  let before: User;
  let untouched: User;
  let tampered = watchBuiltIns();
  beforeEach(async () => {
    tampered = watchBuiltIns();
    scim = await startScim();
    user = expectBody(await scim.post('/Users', aPerson({ emails: [{ value: 'a@example.com', type: 'work' }] })), 201);
    before = await scim.stored(user.id);
    untouched = before;
  });
  afterEach(async () => {
    expect(tampered()).to.deep.equal([]);
    await scim.stop();
  });

  /** Refused as SCIM refuses, or done; never crashed. */
  const expectSane = (answer: Answer, ...fine: readonly number[]) => {
    expect(answer.status, answer.text).to.be.oneOf([...fine, 400, 409]);
    expect(answer.body.schemas, answer.text).to.be.an('array').that.is.not.empty;
    if (answer.status >= 400) expect(answer.body).to.include({ status: String(answer.status) });
  };

  /** Whatever was sent, only what a client may say about a person has changed. */
  const expectOwnFieldsOnly = async () => {
    const after = await scim.stored(user.id);
    const {
      records: _,
      attributes: __,
      email: ___,
      heldEmail: ____,
      status,
      version,
      eventCount,
      updatedAt,
      ...fixed
    } = after;
    for (const field of Object.keys(fixed) as (keyof typeof fixed)[])
      expect(after[field], field).to.deep.equal(before[field]);
    expect(status).to.be.oneOf(['active', 'deactivated']);
    expect(version - before.version, 'version').to.be.within(0, MOST_WRITES);
    expect(eventCount - before.eventCount, 'events').to.be.within(0, MOST_WRITES);
    expect(after.records.map(({ source, connectionId }) => [source, connectionId])).to.deep.equal([
      ['scim', scim.connectionId],
    ]);
    for (const key of Object.keys((await scim.record(user.id)).attributes))
      expect(index.byKey.get(key)?.mutability, key).to.equal('readWrite');
    expect(updatedAt).to.be.a('string');
    before = after;
  };

  it('answers 1,600 filters', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (text) => expectSane(await scim.filter(text.toWellFormed()), 200)),
      { numRuns: 1600 },
    );
  }).timeout(60_000);

  it('answers 1,600 PATCHes and lets them change their own fields only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 3 }), async (operations) => {
        const { status, text } = await scim.patch(`/Users/${user.id}`, operations);
        expect(status, text).to.be.oneOf([200, 400, 409]);
        await expectOwnFieldsOnly();
      }),
      { numRuns: 1600 },
    );
  }).timeout(60_000);

  it('answers 800 PUTs and 800 PatchOps of anything', async () => {
    const userName = { userName: user.userName };
    await fc.assert(
      fc.asyncProperty(body, async (members) => {
        expectSane(await scim.put(`/Users/${user.id}`, { ...asObject(Object.entries(members)), ...userName }), 200);
        await expectOwnFieldsOnly();
        const odd = { ...patchOp([]), ...members };
        expectSane(
          await scim.send({
            method: 'PATCH',
            path: `/Users/${user.id}`,
            text: JSON.stringify(odd),
            headers: { 'content-type': 'application/scim+json' },
          }),
          200,
        );
        await expectOwnFieldsOnly();
      }),
      { numRuns: 800 },
    );
  }).timeout(60_000);

  it('answers 200 POSTs of anything', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (members) => {
        const answer = await scim.post('/Users', members);
        expectSane(answer, 201);
        if (answer.status === 201)
          expect(await scim.stored(answer.body.id)).to.include({
            organizationId: scim.organizationId,
            kind: 'employee',
          });
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it('keeps every access to itself, by whatever name it is asked for, on every verb', async () => {
    const wanted = { level: 'admin', roles: [{ role: 'owner' }] };
    const { userName } = user;
    for (const attribute of NAMES)
      for (const sent of [wanted, 'admin', true]) {
        const named = asObject([
          [attribute, sent],
          [`${U}:${attribute}`, sent],
          [`${E}:${attribute}`, sent],
          [E, asObject([[attribute, sent]])],
        ]);
        await scim.patch(`/Users/${user.id}`, [{ op: 'add', value: named }]);
        await scim.patch(`/Users/${user.id}`, [{ op: 'add', path: attribute, value: sent }]);
        await scim.put(`/Users/${user.id}`, { ...named, userName });
        await expectOwnFieldsOnly();
      }
    const after = await scim.stored(user.id);
    expect(after.access).to.deep.equal(untouched.access);
    expect(after).to.include({ id: untouched.id, organizationId: untouched.organizationId, kind: 'employee' });
    expect((await scim.deps.stores.organizations.get(scim.organizationId))?.admins).to.deep.equal([]);
  }).timeout(60_000);

  it('makes nobody more than a new employee by whatever a POST names', async () => {
    for (const [at, attribute] of INTERNAL_NAMES.entries())
      for (const sent of [{ level: 'admin' }, 'agency', true, 7]) {
        const userName = `new-${at}-${JSON.stringify(sent).length}@example.com`;
        const answer = await scim.post('/Users', { ...asObject([[attribute, sent]]), userName });
        if (answer.status !== 201) {
          expectSane(answer);
          continue;
        }
        const stored = await scim.stored(answer.body.id);
        expect(stored).to.deep.include({ organizationId: scim.organizationId, kind: 'employee', version: 1 });
        expect(stored.access).to.deep.equal(untouched.access);
        expect(stored.records.map(({ source }) => source)).to.deep.equal(['scim']);
      }
    expect((await scim.deps.stores.organizations.get(scim.organizationId))?.admins).to.deep.equal([]);
  }).timeout(60_000);
});
