import { expect } from 'chai';
import { anInterviewReport } from '../http/calls.ts';
import type { Answer, ScimClient } from '../scim/client.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const WAYS = ['a person SCIM owns', 'a person nobody owns'] as const;

describeBothWays('What SCIM cannot see', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
  });
  afterEach(() => rollcall.stop());

  const at = (rest: string) => `${organization.path}/${rest}`;
  const put = async (rest: string, body: object): Promise<Body> =>
    expectStatus(await rollcall.api.put(at(rest), body), 200);
  const block = (id: string) => put(`users/${id}/block`, { reason: 'a lost laptop' });
  const unblock = async (id: string): Promise<Body> =>
    expectStatus(await rollcall.api.delete(at(`users/${id}/block`)), 200);

  /** Pushed by a provider, or there before SCIM was switched on: active. */
  async function person(kind: (typeof WAYS)[number], name: string): Promise<Body> {
    const email = `${name}@example.com`;
    if (kind === 'a person SCIM owns') {
      const pushed = { schemas: [USER_SCHEMA], userName: email, displayName: name, active: true };
      expect((await scim.post('/Users', pushed)).status).to.equal(201);
      return organization.userByEmail(email);
    }
    await organization.change({ scim: { enabled: false } });
    const added = await organization.addActiveUser(name, email);
    await organization.change({ scim: { enabled: true } });
    return added;
  }

  /** All that a provider reads of the person. */
  const shown = async ({ scimId }: Body): Promise<Answer> => {
    const answer = await scim.get(`/Users/${scimId}`);
    expect(answer.status).to.equal(200);
    return answer;
  };
  const tagOf = ({ headers }: Answer) => String(headers.etag);

  async function expectUnseen(user: Body, before: Answer): Promise<void> {
    const after = await shown(user);
    expect(after.text).to.equal(before.text);
    expect(tagOf(after)).to.equal(tagOf(before));
    const again = await scim.get(`/Users/${user.scimId}`, { 'if-none-match': tagOf(before) });
    expect(again.status).to.equal(304);
  }

  const selected = async (filter: string): Promise<number> =>
    expectStatus((await scim.filter(filter)) as never, 200).totalResults;

  for (const kind of WAYS) {
    it(`is a block: ${kind} reads byte for byte the same, under the same entity tag`, async () => {
      const ada = await person(kind, 'ada');
      const before = await shown(ada);
      const blocked = await block(ada.id);
      expect(blocked.version).to.equal(ada.version + 1);
      await expectUnseen(ada, before);
      const lifted = await unblock(ada.id);
      expect(lifted.version).to.equal(ada.version + 2);
      await expectUnseen(ada, before);
    });

    it(`is no time of change: ${kind} is filtered by the former one once blocked`, async () => {
      const ada = await person(kind, 'ada');
      const { lastModified } = (await shown(ada)).body.meta;
      const found = () =>
        Promise.all(
          ['gt', 'ge', 'eq', 'le', 'lt', 'ne'].map((op) => selected(`meta.lastModified ${op} "${lastModified}"`)),
        );
      const before = await found();
      expect(before).to.deep.equal([0, 1, 1, 1, 0, 0]);
      for (const change of [block, unblock]) {
        const { updatedAt } = await change(ada.id);
        expect(await found()).to.deep.equal(before);
        expect(await selected(`meta.lastModified gt "${lastModified}" and active eq true`)).to.equal(0);
        const query = new URLSearchParams({ updatedSince: updatedAt });
        const { items } = expectStatus(await rollcall.api.get(at(`users?${query}`)), 200);
        expect(items.map(({ id }: Body) => id)).to.deep.equal([ada.id]);
      }
    });

    it(`does not get in the way of If-Match: ${kind} is written on by whoever read them before the block`, async () => {
      const ada = await person(kind, 'ada');
      const read = tagOf(await shown(ada));
      await block(ada.id);
      const patched = await scim.patch(`/Users/${ada.scimId}`, [{ op: 'replace', path: 'title', value: 'Countess' }], {
        'if-match': read,
      });
      expect(patched.status).to.equal(200);
      expect(tagOf(patched)).not.to.equal(read);
      await unblock(ada.id);
      const { meta: _, ...said } = patched.body;
      const replace = { ...said, title: 'Lady' };
      const replaced = await scim.put(`/Users/${ada.scimId}`, replace, { 'if-match': tagOf(patched) });
      expect(replaced.status).to.equal(200);
      expect((await scim.put(`/Users/${ada.scimId}`, said, { 'if-match': read })).status).to.equal(412);
      expect((await shown(ada)).body.title).to.equal('Lady');
    });

    it(`ends with what SCIM sees: ${kind} then has a version and a time that were never shown before`, async () => {
      const ada = await person(kind, 'ada');
      const before = await shown(ada);
      const { version } = await block(ada.id);
      const change = [{ op: 'replace', path: 'title', value: 'Countess' }];
      const after = await scim.patch(`/Users/${ada.scimId}`, change);
      const admin = await organization.user(ada.id);
      expect(after.body.meta.version).to.equal(`W/"${version + 1}"`);
      expect(after.body.meta.lastModified).to.equal(admin.updatedAt);
      expect(admin).to.include({ version: version + 1 });
      expect(admin.block.reason).to.equal('a lost laptop');
      expect(await selected(`meta.lastModified gt "${before.body.meta.lastModified}"`)).to.equal(1);
      expect((await scim.get(`/Users/${ada.scimId}`, { 'if-none-match': tagOf(before) })).status).to.equal(200);
      const back = await unblock(ada.id);
      expect(back.version).to.equal(version + 2);
      await expectUnseen(ada, after);
    });
  }

  it('is not an externalId, though nobody but the provider is shown it', async () => {
    const ada = await person('a person SCIM owns', 'ada');
    const { version } = await block(ada.id);
    const named = await scim.patch(`/Users/${ada.scimId}`, [{ op: 'add', path: 'externalId', value: 'e1' }]);
    expect(named.body).to.include({ externalId: 'e1' });
    expect(named.body.meta.version).to.equal(`W/"${version + 1}"`);
  });

  it('moves nobody in the order of meta.lastModified, only in the admin’s', async () => {
    const people = [await person('a person SCIM owns', 'ada'), await person('a person SCIM owns', 'bob')];
    const [ada, bob] = people;
    await block(ada.id);
    const inOrder = async (order: string) =>
      (await scim.get(`/Users?sortBy=meta.lastModified&sortOrder=${order}`)).body.Resources.map(({ id }: Body) => id);
    expect(await inOrder('ascending')).to.deep.equal([ada.scimId, bob.scimId]);
    expect(await inOrder('descending')).to.deep.equal([bob.scimId, ada.scimId]);
    const { items } = expectStatus(await rollcall.api.get(at('users?sort=-updated')), 200);
    expect(items.map(({ id }: Body) => id)).to.deep.equal([ada.id, bob.id]);
  });

  it('is what the host and the admin keep beside the person: ids, access, pools, interviews', async () => {
    const [ada, bob] = [await person('a person SCIM owns', 'ada'), await person('a person SCIM owns', 'bob')];
    await organization.name('pools', 'p1');
    const before = await shown(ada);
    const recruiter = { role: 'recruiter', scope: { kind: 'organization', id: '*' } };
    const changes: readonly (() => Promise<Body>)[] = [
      () => put(`users/${ada.id}/host-id`, { hostId: 'h1' }),
      () => put(`users/${ada.id}/access`, { level: 'elevated', roles: [recruiter], pools: ['p1'] }),
      async () => {
        await put('interviews/i1', anInterviewReport({ interviewers: [bob.id] }));
        return expectStatus(await rollcall.api.post(at('interviews/i1/reassign'), { from: bob.id, to: ada.id }), 200);
      },
      () => put(`users/${ada.id}/access`, { level: 'limited' }),
    ];
    let { version } = ada;
    for (const change of changes) {
      await change();
      const now = await organization.user(ada.id);
      expect(now.version, 'it is a change').to.be.above(version);
      ({ version } = now);
      await expectUnseen(ada, before);
    }
  });

  it('is that another admin leaves', async () => {
    const [ada, bob] = [await person('a person SCIM owns', 'ada'), await person('a person SCIM owns', 'bob')];
    for (const { id } of [ada, bob]) await put(`users/${id}/access`, { level: 'admin' });
    const before = await shown(bob);
    await put(`users/${ada.id}/access`, { level: 'limited' });
    await expectUnseen(bob, before);
  });

  it('is what a group gives, beside the group itself', async () => {
    const ada = await person('a person SCIM owns', 'ada');
    const { id } = (await scim.post('/Groups', { schemas: [GROUP_SCHEMA], displayName: 'Recruiters' })).body;
    const { meta } = (await shown(ada)).body;
    await put('group-mappings/m1', { group: { id }, level: 'elevated' });
    await scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [{ value: ada.scimId }] }]);
    const now = await organization.user(ada.id);
    expect(now.access.effectiveLevel).to.equal('elevated');
    expect(now.version, 'it is a change').to.be.above(ada.version);
    const after = (await shown(ada)).body;
    expect(after.groups).to.have.length(1);
    expect(after.meta.lastModified).to.equal(meta.lastModified);
    expect(after.meta.version).to.match(/^W\/"1\.\S+"$/);
    expect(meta.version).to.equal('W/"1"');
  });

  it('loses nothing in a race with SCIM, refuses nobody, and no entity tag is given twice', async () => {
    const ada = await person('a person SCIM owns', 'ada');
    const seen = new Map<string, string>();
    const look = async () => {
      const answer = await shown(ada);
      const known = seen.get(tagOf(answer)) ?? answer.text;
      expect(answer.text, `two resources under ${tagOf(answer)}`).to.equal(known);
      seen.set(tagOf(answer), known);
      return answer;
    };
    const names = ['title', 'nickName', 'userType', 'locale', 'timezone', 'preferredLanguage'];
    for (const name of names) {
      const read = tagOf(await look());
      const change = [{ op: 'replace', path: name, value: `the ${name}` }];
      const [patched] = await Promise.all([
        scim.patch(`/Users/${ada.scimId}`, change, { 'if-match': read }),
        block(ada.id).then(() => unblock(ada.id)),
        put(`users/${ada.id}/host-id`, { hostId: `host ${name}` }),
        look(),
        look(),
      ]);
      expect(patched.status, patched.text).to.equal(200);
      await look();
    }
    const { body } = await look();
    for (const name of names) expect(body[name]).to.equal(`the ${name}`);
    expect(await organization.user(ada.id))
      .to.include({ hostId: 'host preferredLanguage' })
      .and.not.have.property('block');
    expect(seen.size).to.equal(names.length + 1);
  });
});
