import { expect } from 'chai';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const RIVALS = 50;
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const DETAIL = 'this email is already used by another user';

describeBothWays('whose address it is', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let users = '';
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 2 } });
    organization = await rollcall.addOrganization();
    users = `${organization.path}/users`;
  });
  afterEach(() => rollcall.stop());

  const add = (name: string, email: string) => rollcall.api.post(users, { name, email });
  const amend = (id: string, email: string) => rollcall.api.patch(`${users}/${id}`, { email });
  const holders = async (email: string): Promise<readonly string[]> => {
    const query = new URLSearchParams({ status: 'all', q: email });
    const { items } = expectStatus(await rollcall.api.get(`${users}?${query}`), 200);
    return items.map(({ id }: Body) => id);
  };
  const tellsWho = ({ status, body }: ApiAnswer, user: Body, next: string) => {
    expect(status).to.equal(409);
    const { id, name, kind } = user;
    expect(body).to.deep.include({
      code: 'email_taken',
      detail: DETAIL,
      user: { id, name, status: user.status, kind },
      next,
    });
  };

  it('a taken address is refused whatever the status of who has it, and the answer says what to do next', async () => {
    const ada = await organization.addUser('Ada', 'ada@example.com');
    const bob = await organization.addUser('Bob', 'bob@example.com');
    tellsWho(await add('Other', 'ADA@example.com'), ada, 'activate');
    tellsWho(await amend(bob.id, 'Ada@Example.com'), ada, 'activate');
    for (const action of ['activate', 'deactivate', 'terminate']) {
      const now = expectStatus(await rollcall.api.post(`${users}/${ada.id}/${action}`), 200);
      const next = action === 'activate' ? 'open' : 'activate';
      tellsWho(await add('Other', 'ada@example.com'), now, next);
      tellsWho(await amend(bob.id, 'ada@example.com'), now, next);
    }
    expect(await organization.user(bob.id)).to.deep.equal(bob);
  });

  it('nobody is to be activated next whom only SCIM may activate', async () => {
    const ada = await organization.addUser('Ada', 'ada@example.com');
    const agent = await organization.addUser('Rae', 'rae@talent.example', { kind: 'agency' });
    await organization.connectScim();
    for (const [taken, next] of [
      [ada, 'open'],
      [agent, 'activate'],
    ] as const) {
      tellsWho(await add('Other', taken.email), taken, next);
      tellsWho(await amend(taken === ada ? agent.id : ada.id, taken.email), taken, next);
    }
  });

  it('nor whom a live directory has disabled, nor whose agency is archived', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    rollcall.google().control.mutate({ do: 'suspend', who: 0 });
    await organization.sync();
    const email = String(rollcall.google().control.person(0)?.primaryEmail);
    const away = await organization.userByEmail(email);
    expect(away.status).to.equal('deactivated');
    tellsWho(await add('Other', email), away, 'open');
    await organization.change({ google: { syncUsers: false } });
    tellsWho(await add('Other', email), away, 'activate');
    const rae = await organization.addUser('Rae', 'rae@talent.example', { kind: 'agency' });
    tellsWho(await add('Other', rae.email), rae, 'activate');
    await rollcall.api.post(`${users}/${rae.id}/deactivate`);
    expectStatus(await rollcall.api.post(`${organization.path}/agencies/${rae.agency.id}/archive`), 200);
    tellsWho(await add('Other', rae.email), await organization.user(rae.id), 'open');
  });

  it('a name that an identity provider knows somebody by is nobody else’s address', async () => {
    const scim = await organization.connectScim();
    const named = { schemas: [USER], userName: 'ada@example.com', displayName: 'Ada', active: true };
    await scim.post('/Users', { ...named, emails: [{ value: 'countess@example.com', primary: true }] });
    await organization.change({ scim: { enabled: false } });
    const ada = await organization.userByEmail('countess@example.com');
    const bob = await organization.addUser('Bob', 'bob@example.com');
    const agent = await organization.addUser('Rae', 'ADA@example.com', { kind: 'agency' });
    tellsWho(await amend(bob.id, 'ada@example.com'), agent, 'activate');
    await amend(agent.id, 'rae@example.com');
    tellsWho(await add('Other', 'Ada@example.com'), ada, 'open');
    tellsWho(await amend(bob.id, 'Ada@example.com'), ada, 'open');
    await amend(agent.id, 'ada@example.com');
    const toEmployee = await rollcall.api.put(`${users}/${agent.id}/agency`, { agencyId: null });
    tellsWho(toEmployee, ada, 'open');
  });

  it('amending an address keeps the source’s key linked', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { id } = await organization.userByEmail(String(rollcall.google().control.person(0)?.primaryEmail));
    await organization.change({ google: { syncUsers: false } });
    expectStatus(await amend(id, 'moved@example.com'), 200);
    await organization.change({ google: { syncUsers: true } });
    rollcall.google().control.mutate({ do: 'rename', who: 0, givenName: 'Re', familyName: 'Named' });
    await organization.sync();
    const { body } = await rollcall.api.get(`${users}?status=all`);
    expect(body.total, 'nobody new').to.equal(2);
    expect((await organization.user(id)).name).to.equal('Re Named');
  });

  it('naming what is so already beside an edit is none: the source goes on deciding it', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { id, email, name } = await organization.userByEmail(
      String(rollcall.google().control.person(0)?.primaryEmail),
    );
    expectStatus(await rollcall.api.patch(`${users}/${id}`, { email, name, nickName: 'Boss' }), 200);
    await organization.change({ google: { syncUsers: false } });
    const { owners } = await organization.user(id);
    expect(owners).to.include({ email: 'google', name: 'google', nickName: 'manual' });
  });

  it('a change of nothing but case is allowed, and the old spelling stays in the history', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    expect(expectStatus(await amend(id, 'Ada@Example.com'), 200).email).to.equal('Ada@Example.com');
    expectStatus(await amend(id, 'countess@example.com'), 200);
    const { items } = expectStatus(await rollcall.api.get(`${users}/${id}/history`), 200);
    expect(items.map(({ what, from, to }: Body) => [what, from, to])).to.deep.equal([
      ['email', 'Ada@Example.com', 'countess@example.com'],
      ['email', 'ada@example.com', 'Ada@Example.com'],
      ['created', null, 'unprovisioned'],
    ]);
    expectStatus(await add('Next', 'ada@example.com'), 201);
  });

  it(`${RIVALS} people added at once with one address are one person`, async () => {
    const spelling = (n: number) => (n % 2 ? 'one@example.com' : 'ONE@Example.com');
    const answers = await Promise.all(Array.from({ length: RIVALS }, (_, n) => add(`P${n}`, spelling(n))));
    const [first, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).to.deep.equal([]);
    for (const answer of answers) if (answer.status !== 201) tellsWho(answer, first?.body, 'activate');
    expect(await holders('one@example.com')).to.deep.equal([first?.body.id]);
    expect((await rollcall.api.get(`${users}?status=all`)).body.total).to.equal(1);
  });

  it(`${RIVALS} people whose address is amended to the same at once leave one owner`, async () => {
    const people = await Promise.all(
      Array.from({ length: RIVALS }, (_, n) => organization.addUser(`P${n}`, `p${n}@example.com`)),
    );
    const answers = await Promise.all(people.map(({ id }) => amend(id, 'one@example.com')));
    const [winner, ...more] = answers.filter(({ status }) => status === 200);
    expect(more).to.deep.equal([]);
    for (const answer of answers) if (answer.status !== 200) tellsWho(answer, winner?.body, 'activate');
    expect(await holders('one@example.com')).to.deep.equal([winner?.body.id]);
    for (const { id, email } of people)
      if (id !== winner?.body.id) expect((await organization.user(id)).email).to.equal(email);
  });
});
