import { expect } from 'chai';
import type { GraphUser } from '../simulators/graph/people.ts';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 600;

describeBothWays('Journey B: a Microsoft 365 tenant in full, and then only what changed', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  before(async () => {
    rollcall = await startRollcall({ env: way.env(), microsoft: { people: PEOPLE } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync('microsoft');
  });
  after(() => rollcall.stop());
  afterEach(() => control().clearFaults());

  const control = () => rollcall.microsoft().control;
  const isTaken = ({ accountEnabled, userType }: GraphUser) => accountEnabled === true && userType !== 'Guest';
  const taken = () => [...control().everybody()].filter(isTaken);
  const active = async () =>
    (await rollcall.api.get(`${organization.path}/users?status=active&limit=1`)).body.total as number;
  const someone = (nth: number) => taken()[nth] as GraphUser;
  const addressOf = (user: GraphUser | null) => String(user?.mail ?? user?.userPrincipalName);
  const userOf = (user: GraphUser | null) => organization.userByEmail(addressOf(user));
  const sync = () => organization.sync('microsoft');
  const calls = () => control().stats().calls;

  it('brings every member whom Microsoft reports active, and no guest', async () => {
    expect(await active()).to.equal(taken().length);
    const runs = (await rollcall.api.get(`${organization.path}/runs`)).body.items;
    expect(runs.at(-1)).to.include({ source: 'microsoft', kind: 'full' });
    const [guest] = [...control().everybody()].filter(({ userType }) => userType === 'Guest');
    const { body } = await rollcall.api.get(`${organization.path}/runs/${runs.at(-1).id}`);
    expect(body.reasons).to.deep.include({
      externalId: guest?.id,
      email: guest?.mail,
      code: 'guest',
      message: 'left out: a guest of the tenant',
    });
  });

  it('knows who signs in by object id and tenant, whatever the address, and by no other tenant', async () => {
    const { id, mail } = someone(4);
    const { tenantId } = rollcall.microsoft().application;
    const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;
    const signIn = async (body: object) =>
      (await rollcall.api.post(`${organization.path}/sign-ins`, { email: 'other@sim.example', subject: id, ...body }))
        .body;
    const known = { allowed: true, code: 'allowed' };
    expect(await signIn({ issuer, tenantId })).to.include(known);
    expect(await signIn({ issuer: `https://sts.windows.net/${tenantId}/` })).to.include(known);
    const elsewhere = '00000000-0000-4000-8000-000000000001';
    for (const attempt of [
      { issuer: `https://login.microsoftonline.com/${elsewhere}/v2.0` },
      { issuer, tenantId: elsewhere },
      { issuer: `https://login.microsoftonline.com.evil.example/${tenantId}/v2.0` },
      { issuer: 'https://accounts.google.com' },
    ])
      expect(await signIn(attempt), JSON.stringify(attempt)).to.include({ allowed: false, code: 'unknown' });
    // The holder of the address is there already, under another key.
    expect(await signIn({ issuer, email: mail, subject: elsewhere })).to.include({ code: 'unknown' });
  });

  it('asks only for what changed, and writes nothing when nothing did', async () => {
    const [events, asked] = [(await organization.events()).length, calls()['users.delta']];
    const run = await sync();
    expect(run).to.include({ kind: 'delta', state: 'finished' });
    expect(run.counts).to.include({ pages: 1, seen: 0, created: 0, updated: 0, removed: 0, failed: 0 });
    expect(calls()['users.delta'] - asked).to.equal(1);
    expect((await organization.events()).length).to.equal(events);
  });

  it('writes nothing either when everybody is listed again', async () => {
    const events = (await organization.events()).length;
    const run = await organization.sync('microsoft', { kind: 'full' });
    expect(run).to.include({ kind: 'full' });
    expect(run.counts).to.include({ pages: 3, seen: PEOPLE, created: 0, updated: 0, removed: 0 });
    expect((await organization.events()).length).to.equal(events);
  });

  it('brings newcomers, changes and departures of any kind, and whoever comes back', async () => {
    const [renamed, disabled, binned, purged] = [10, 11, 12, 13].map(someone);
    const users = await Promise.all([renamed, disabled, binned, purged].map((user) => userOf(user as GraphUser)));
    const statuses = async () => Promise.all(users.map(async ({ id }) => (await organization.user(id)).status));
    control().mutate(
      { do: 'rename', who: String(renamed?.id), givenName: 'Ada', surname: 'Byron' },
      { do: 'disable', who: String(disabled?.id) },
      { do: 'delete', who: String(binned?.id) },
      { do: 'purge', who: String(purged?.id) },
      { do: 'add', fields: { mail: 'new.comer@sim.example', accountEnabled: true, userType: 'Member' } },
    );
    const run = await sync();
    expect(run).to.include({ kind: 'delta' });
    expect(run.counts).to.include({ created: 1, removed: 3 });
    expect(await statuses()).to.deep.equal(['active', 'deactivated', 'deactivated', 'deactivated']);
    expect((await organization.user(users[0]?.id)).name).to.equal('Ada Byron');
    expect(await userOf(control().person(PEOPLE))).to.include({ status: 'active' });

    control().mutate({ do: 'restore', who: String(binned?.id) }, { do: 'enable', who: String(disabled?.id) });
    await sync();
    expect(await statuses()).to.deep.equal(['active', 'active', 'active', 'deactivated']);
    expect(await active()).to.equal(taken().length);
  });

  it('lets a single person go, though the delta names nobody else', async () => {
    const gone = someone(15);
    control().mutate({ do: 'purge', who: gone.id });
    const run = await sync();
    expect(run).to.include({ kind: 'delta' });
    expect(run.counts).to.include({ seen: 0, removed: 1 });
    expect((await userOf(gone)).status).to.equal('deactivated');
  });

  it('keeps what a page leaves unsaid', async () => {
    const who = [...control().everybody()].find((user) => isTaken(user) && user.jobTitle !== null) as GraphUser;
    const title = async () => (await userOf(who)).attributes?.title ?? (await userOf(who)).title;
    const before = await title();
    control().mutate({ do: 'set', who: who.id, fields: { businessPhones: ['+49 1'] } });
    control().fault({
      match: { operation: 'users.delta' },
      fault: { kind: 'drop-fields', fields: ['jobTitle', 'givenName'] },
    });
    const run = await sync();
    expect(run.counts.seen).to.equal(1);
    expect(await title()).to.equal(before);
    control().mutate({ do: 'set', who: who.id, fields: { jobTitle: null } });
    await sync();
    expect(await title()).to.equal(undefined);
  });

  it('takes nobody away whom the delta says removed and the directory has', async () => {
    const before = await active();
    const who = someone(20);
    control().mutate({ do: 'set', who: who.id, fields: { officeLocation: 'Berlin' } });
    const body = {
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users',
      '@odata.deltaLink': `${rollcall.microsoft().origin}/v1.0/users/delta?$deltatoken=x`,
      value: [{ id: who.id, '@removed': { reason: 'deleted' } }],
    };
    control().fault({ match: { operation: 'users.delta' }, fault: { kind: 'body', body } });
    const run = await sync();
    expect(run.counts.removed).to.equal(0);
    expect(await active()).to.equal(before);
  });

  for (const as of ['syncStateNotFound', 'resyncRequired', 'gone-with-location'] as const)
    it(`lists everybody when the tenant has forgotten what it told (${as})`, async () => {
      await sync();
      const gone = someone(30);
      control().mutate({ do: 'purge', who: gone.id });
      control().fault({ match: { operation: 'users.delta' }, fault: { kind: 'lost-sync-state', as } });
      const run = await sync();
      expect(run).to.include({ kind: 'full' });
      expect(run.counts.removed).to.equal(1);
      expect((await userOf(gone)).status).to.equal('deactivated');
    });

  it('moves on only after the effects: a run that fails is told the same again', async () => {
    const who = someone(40);
    control().mutate({ do: 'rename', who: who.id, givenName: 'Grace', surname: 'Hopper' });
    control().fault({ match: { operation: 'users.delta' }, fault: { kind: 'error', status: 403 } });
    expect(await organization.run('microsoft')).to.include({ state: 'failed', kind: 'delta' });
    expect(await sync()).to.include({ kind: 'delta' });
    expect((await userOf(who)).name).to.equal('Grace Hopper');
  });

  it('holds what a delta would take away beyond the limit, and asks again until it is settled', async () => {
    const before = await active();
    const leavers = taken()
      .slice(100, 220)
      .map(({ id }) => id);
    for (const id of leavers) control().mutate({ do: 'delete', who: id });
    const first = await organization.run('microsoft');
    const second = await organization.run('microsoft');
    for (const run of [first, second]) {
      expect(run).to.include({ state: 'held', kind: 'delta' });
      expect(run.reasons.map(({ code }: { code: string }) => code)).to.include('too_many_removals');
    }
    expect(second.plan.number).to.equal(first.plan.number);
    expect(await active()).to.equal(before);
    for (const id of leavers) control().mutate({ do: 'restore', who: id });
    expect(await sync()).to.include({ state: 'finished' });
    expect(await active()).to.equal(taken().length);
  });

  it('lists everybody each time where there is no delta', async () => {
    await organization.sync('microsoft', { kind: 'full' });
    control().fault({ match: { operation: 'users.delta' }, times: 'always', fault: { kind: 'no-delta' } });
    const first = await organization.sync('microsoft', { kind: 'full' });
    const second = await sync();
    for (const run of [first, second]) expect(run).to.include({ kind: 'full', state: 'finished' });
    expect(second.counts).to.include({ pages: 1, removed: 0, created: 0 });
  });

  it('connects anew with a certificate, and lists everybody then', async () => {
    const { tenantId, clientId, certificate } = rollcall.microsoft().application;
    const connection = await organization.connectMicrosoft({ tenantId, clientId, certificate, includeGuests: true });
    expect(connection).to.include({ source: 'microsoft', account: clientId, tenant: tenantId });
    expect(connection.people).to.deep.equal({ includeGuests: true, onlyLicensed: false, useInitialDomain: false });
    expect(JSON.stringify(connection)).not.to.include('PRIVATE KEY');
    expect(await organization.sync('microsoft', { kind: 'full' })).to.include({ state: 'finished' });
    const enabled = [...control().everybody()].filter(({ accountEnabled }) => accountEnabled === true);
    expect(await active()).to.equal(enabled.length);
    expect(rollcall.log()).not.to.include('PRIVATE KEY').and.not.to.include('sim-token-');
  });

  it('leaves whoever falls out of scope as they are, until the directory says inactive', async () => {
    const { tenantId, clientId, clientSecret } = rollcall.microsoft().application;
    const who = [...control().everybody()].find((user) => isTaken(user) && (user.assignedLicenses as []).length > 0);
    await organization.connectMicrosoft({ tenantId, clientId, clientSecret, onlyLicensed: true });
    control().mutate({ do: 'set', who: String(who?.id), fields: { assignedLicenses: [] } });
    await organization.sync('microsoft', { kind: 'full' });
    expect((await userOf(who ?? null)).status).to.equal('active');
    control().mutate({ do: 'disable', who: String(who?.id) });
    const run = await sync();
    expect(run.counts).to.include({ seen: 1, removed: 1 });
    expect((await userOf(who ?? null)).status).to.equal('deactivated');
  });
});
