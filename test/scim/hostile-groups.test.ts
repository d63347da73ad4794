import { expect } from 'chai';
import { watchBuiltIns } from './builtins.ts';
import type { Answer } from './client.ts';
import { aGroup, expectBody, expectError, G } from './expectations.ts';
import { groupCalls, named } from './group-calls.ts';
import { asObject, INTERNAL_NAMES } from './hostile-arbitraries.ts';
import { HOSTILE_STRINGS } from './hostile-strings.ts';
import { type ScimServer, startScim } from './server.ts';

const MOST_MS = 50;
const LONGEST_URL = 15_000;

describe('SCIM groups under hostile strings and names (S03, S11)', () => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim();
    await scim.get('/Groups');
  });
  after(() => scim.stop());

  const { people, group, unchanged } = groupCalls(() => scim);

  /** The quickest of three, so that another process on this machine is not taken for a slow answer. */
  const quickly = async (send: () => Promise<Answer>): Promise<Answer> => {
    const answers = [await send(), await send(), await send()];
    expect(Math.min(...answers.map(({ ms }) => ms))).to.be.below(MOST_MS);
    return answers[0] as Answer;
  };

  it('answers all of them as filters, orders, searches, paths, names and members, and nothing is harmed', async () => {
    const tampered = watchBuiltIns();
    const { id } = await group(await people(2));
    for (const hostile of HOSTILE_STRINGS) {
      const encoded = encodeURIComponent(hostile.toWellFormed());
      if (encoded.length < LONGEST_URL) {
        const filtered = await quickly(() => scim.get(`/Groups?filter=${encoded}`));
        if (filtered.status !== 200) expectError(filtered, 400, 'invalidFilter');
        expectBody(await quickly(() => scim.get(`/Groups/${id}?attributes=${encoded}`)), 200);
        expect((await quickly(() => scim.get(`/Groups?sortBy=${encoded}`))).status).to.be.oneOf([200, 400]);
      }
      const searched = await quickly(() => scim.post('/Groups/.search', { filter: hostile, cursor: hostile }));
      expect(searched.status, searched.text).to.be.oneOf([200, 400]);
      for (const operation of [
        { op: 'replace', path: hostile, value: 'x' },
        { op: 'remove', path: `members[value eq "x" and ${hostile}]` },
        { op: 'add', path: 'members', value: hostile },
        { op: 'add', path: 'members', value: [{ value: hostile, [hostile]: hostile }] },
      ]) {
        const answer = await unchanged(id, () => quickly(() => scim.patch(`/Groups/${id}`, [operation])));
        expectError(answer, 400, answer.body.scimType);
      }
      const ignored = { ...aGroup(), [hostile]: { [hostile]: 1 }, members: [{ [hostile]: hostile }] };
      expect((await scim.post('/Groups', ignored)).status).to.be.oneOf([201, 400]);
    }
    expect(tampered()).to.deep.equal([]);
  });

  it('changes nothing but a group’s own attributes, by whatever name it is asked for', async () => {
    const [member = ''] = await people(1);
    const { id, displayName } = await group([member]);
    const before = await scim.storedGroup(id);
    const { access } = await scim.stored(member);
    for (const name of INTERNAL_NAMES)
      for (const sent of [{ level: 'admin' }, 'other', true]) {
        const wanted = asObject([
          [name, sent],
          [`${G}:${name}`, sent],
        ]);
        await scim.patch(`/Groups/${id}`, [{ op: 'add', value: wanted }]);
        await scim.patch(`/Groups/${id}`, [{ op: 'replace', path: name, value: sent }]);
        await scim.put(`/Groups/${id}`, { ...wanted, displayName, members: named([member]) });
        const { attributes, externalId, version, updatedAt, ...fixed } = { ...(await scim.storedGroup(id)) };
        expect(before, name).to.deep.include(fixed);
        expect(attributes, name).to.have.all.keys('displayName');
        expect(externalId ?? 'none', name).to.be.a('string');
        expect([typeof version, typeof updatedAt], name).to.deep.equal(['number', 'string']);
      }
    expect((await scim.stored(member)).access).to.deep.equal(access);
  }).timeout(30_000);

  it('takes __proto__ and its kin for names nobody knows', async () => {
    const tampered = watchBuiltIns();
    const { id } = await group(await people(1));
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      const body = `{"schemas": [], "displayName": "${name}", "${name}": {"polluted": true}, "members": [{"${name}": {"polluted": true}}]}`;
      const sent = { method: 'POST', path: '/Groups', text: body, headers: { 'content-type': 'application/json' } };
      const made = expectBody(await scim.send(sent), 201);
      expect(Object.keys(made)).to.have.members(['schemas', 'id', 'displayName', 'meta']);
      await unchanged(id, async () =>
        expectError(
          await scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: named([name]) }]),
          400,
          'invalidValue',
        ),
      );
    }
    expect(tampered()).to.deep.equal([]);
    expect(({} as { polluted?: boolean }).polluted).to.equal(undefined);
  });
});
