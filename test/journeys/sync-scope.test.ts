import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 60;

describeBothWays('The scope of a sync', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: PEOPLE }, microsoft: { people: PEOPLE } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
  });
  afterEach(() => rollcall.stop());

  const google = () => rollcall.google().control;
  const at = () => `${organization.path}/integrations/google`;
  const choose = (edit: object) => rollcall.api.patch(at(), edit);
  const switchOn = () => organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
  const active = async (): Promise<readonly string[]> => {
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?status=active&limit=200`), 200);
    return items.map(({ email }: Body) => email);
  };
  const isActive = ({ suspended, archived }: Body) => suspended === false && archived !== true;
  const living = () => [...google().everybody()].filter(isActive);
  const addresses = (people: readonly Body[]) => people.map(({ primaryEmail }) => primaryEmail);
  const finished = (id: string) =>
    until('the run has ended', async () => {
      const run = expectStatus(await rollcall.api.get(`${organization.path}/runs/${id}`), 200);
      return run.finishedAt ? run : null;
    });
  /** A dry run of the same scope, then the change itself. */
  const change = async (scope: object) => {
    const { id } = expectStatus(await rollcall.api.post(`${at()}/dry-runs`, { scope }), 202);
    const { plan } = await finished(id);
    return choose({ scope, confirm: plan.digest });
  };

  it('takes an organizational unit with all below it, and none that only begins like it', async () => {
    google().mutate(
      { do: 'set', who: 5, fields: { orgUnitPath: '/Sales' } },
      { do: 'set', who: 6, fields: { orgUnitPath: '/sales/EMEA' } },
      { do: 'set', who: 7, fields: { orgUnitPath: '/Salesforce' } },
    );
    expectStatus(await choose({ scope: { include: { orgUnits: ['/Sales/'] } } }), 200);
    await switchOn();
    const run = await organization.sync();
    const inside = living().filter(({ orgUnitPath }) => /^\/sales(\/|$)/i.test(String(orgUnitPath)));
    expect(await active()).to.have.members(addresses(inside));
    expect(run.reasons).to.deep.include({
      externalId: google().person(7)?.id,
      email: google().person(7)?.primaryEmail,
      code: 'out_of_scope',
      message: 'out of scope: not in any organizational unit that is included',
    });
  });

  it('takes a domain, and leaves out whoever is excluded by address', async () => {
    const [first] = addresses(living().filter(({ primaryEmail }) => /@emea\.sim\.example$/.test(String(primaryEmail))));
    const scope = { include: { domains: ['EMEA.sim.example'] }, exclude: { people: [String(first).toUpperCase()] } };
    expectStatus(await choose({ scope }), 200);
    await switchOn();
    await organization.sync();
    const there = await active();
    expect(there.length).to.be.greaterThan(0);
    for (const email of there) expect(email).to.match(/@emea\.sim\.example$/);
    expect(there).not.to.include(first);
  });

  it('takes the direct members of a group, says what it passes over, and exclusion wins', async () => {
    google().group({
      id: 'g-sales',
      email: 'sales@sim.example',
      members: [1, 2, 3, 4, { id: 'nested', type: 'GROUP' }, { id: '999', type: 'USER', email: 'x@elsewhere.example' }],
    });
    google().group({ id: 'g-out', email: 'out@sim.example', members: [3] });
    google().mutate(...[1, 2, 3, 4].map((who) => ({ do: 'unsuspend', who }) as const));
    google().mutate(...[1, 2, 3, 4].map((who) => ({ do: 'unarchive', who }) as const));
    const scope = { include: { groups: ['Sales@sim.example'] }, exclude: { groups: ['g-out'] } };
    expectStatus(await choose({ scope }), 200);
    await switchOn();
    const run = await organization.sync();
    expect(await active()).to.have.members([1, 2, 4].map((who) => google().person(who)?.primaryEmail));
    const notices = run.reasons.filter(({ code }: Body) => code === 'group_members');
    expect(notices.map(({ message }: Body) => message)).to.have.members([
      'sales@sim.example: groups within the group are not looked into',
      'sales@sim.example: 1 member is not in the listing of the directory, and not taken: from outside of it, or deleted meanwhile',
    ]);
  });

  it('takes everybody where the group is everybody, and reads groups page by page', async () => {
    google().group({ id: 'all', email: 'all@sim.example', members: [{ id: 'C1', type: 'CUSTOMER' }] });
    expectStatus(await choose({ scope: { include: { groups: ['all'] } } }), 200);
    await switchOn();
    await organization.sync();
    expect(await active()).to.have.members(addresses(living()));
    const many = Array.from({ length: 450 }, (_, n) => n % PEOPLE);
    google().group({ id: 'all', email: 'all@sim.example', members: many });
    const before = google().stats().calls['members.list'];
    expect((await organization.sync()).counts.removed).to.equal(0);
    expect(google().stats().calls['members.list'] - before).to.equal(3);
  });

  it('fails the run, and takes nobody for out of scope, when a group cannot be read', async () => {
    google().group({ id: 'g', email: 'g@sim.example', members: Array.from({ length: PEOPLE }, (_, n) => n) });
    const scope = { include: { groups: ['g'] }, onLeave: 'deactivate' };
    expectStatus(await choose({ scope }), 200);
    await switchOn();
    await organization.sync();
    const before = await active();
    google().fault({ match: { operation: 'members.list' }, fault: { kind: 'error', status: 404, reason: 'notFound' } });
    const run = await organization.run();
    expect(run.state).to.equal('failed');
    expect(run.reasons[0]).to.include({ code: 'config', message: 'There is no group g in this Google Workspace.' });
    google().clearFaults();
    google().delegate(['https://www.googleapis.com/auth/admin.directory.user.readonly']);
    google().revokeTokens();
    await rollcall.api.post(`${at()}/test`);
    expect((await organization.run()).reasons[0].message).to.match(/delegate the scope .*group\.member\.readonly/);
    expect(await active()).to.have.members(before);
  });

  it('leaves those who leave the scope as they are, unless told to deactivate them; who comes back is active again', async () => {
    await switchOn();
    await organization.sync();
    const before = await active();
    const [leaver = ''] = before.filter((email) => email !== rollcall.google().subject);
    expectStatus(await change({ exclude: { people: [leaver] } }), 200);
    await organization.sync();
    expect(await active()).to.have.members(before);
    expectStatus(await change({ exclude: { people: [leaver] }, onLeave: 'deactivate' }), 200);
    await organization.sync();
    const user = await organization.userByEmail(leaver);
    expect(user.status).to.equal('deactivated');
    const { status } = expectStatus(await rollcall.api.get(`${organization.path}/users/${user.id}/explain`), 200);
    expect(status.sentence).to.contain(`the person ${leaver} is excluded`);
    expect((await organization.sync()).counts).to.include({ removed: 0, updated: 0 });
    expectStatus(await change({ exclude: { people: [] } }), 200);
    await organization.sync();
    expect((await organization.userByEmail(leaver)).status).to.equal('active');
  });

  it('counts who leaves the scope as removals: too many wait as a plan', async () => {
    await switchOn();
    await organization.sync();
    const before = await active();
    const edit = { include: { people: [rollcall.google().subject] }, onLeave: 'deactivate' };
    expectStatus(await change(edit), 200);
    const run = await organization.run();
    expect(run.state).to.equal('held');
    expect(run.reasons.map(({ code }: Body) => code)).to.include('too_many_removals');
    expect(await active()).to.have.members(before);
    const { items } = (await rollcall.api.get(`${organization.path}/runs/${run.id}/plan`)).body;
    expect(items[0]).to.deep.include({ change: 'remove', harms: ['out_of_scope'] });
  });

  it('is changed only by whoever has seen what that does, once people were synced', async () => {
    await switchOn();
    await organization.sync();
    const scope = { exclude: { domains: ['emea.sim.example'] } };
    const refused = await choose({ scope });
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'confirmation_required']);
    const { id } = expectStatus(await rollcall.api.post(`${at()}/dry-runs`, { scope }), 202);
    const { plan } = await finished(id);
    const other = await choose({ scope: { exclude: { domains: ['sim.example'] } }, confirm: plan.digest });
    expect(other.body.code).to.equal('confirmation_required');
    const mapping = [{ attribute: 'title', value: null }];
    const more = await choose({ scope, mapping, confirm: plan.digest });
    expect(more.body.code).to.equal('confirmation_required');
    const { version } = expectStatus(await rollcall.api.get(at()), 200);
    expect(expectStatus(await choose({ scope, confirm: plan.digest }), 200).version).to.equal(version + 1);
    expect(expectStatus(await choose({ removals: { graceHours: 1 } }), 200).version).to.equal(version + 1);
  });

  it('makes a run under way end without removals, and another one follow', async () => {
    await switchOn();
    await organization.sync();
    google().fault({ match: { operation: 'users.list' }, fault: { kind: 'slow-first-byte', ms: 1_000 } });
    const scope = { exclude: { domains: ['emea.sim.example'] } };
    const { id } = expectStatus(await rollcall.api.post(`${at()}/dry-runs`, { scope }), 202);
    const { plan } = await finished(id);
    google().fault({ match: { operation: 'users.list' }, fault: { kind: 'slow-first-byte', ms: 1_000 } });
    const under = expectStatus(await rollcall.api.post(`${at()}/runs`), 202);
    expectStatus(await choose({ scope, confirm: plan.digest }), 200);
    expect((await finished(under.id)).state).to.equal('superseded');
    const after = await until('another run has finished', async () => {
      const { items } = (await rollcall.api.get(`${organization.path}/runs`)).body;
      return items[0].id > under.id && items[0].finishedAt ? items[0] : null;
    });
    expect(after).to.include({ state: 'finished', trigger: 'settings', kind: 'full' });
  });

  it('of Microsoft knows groups with hidden details, by key or address, and lists everybody each time', async () => {
    const graph = rollcall.microsoft().control;
    const people = [...graph.everybody()].filter(
      ({ accountEnabled, userType, mail }) => accountEnabled === true && userType !== 'Guest' && mail,
    );
    const chosen = people.slice(0, 3);
    const members = chosen.map(({ id }) => ({ '@odata.type': '#microsoft.graph.user', id, displayName: null }));
    graph.group({
      id: 'aaaa-1',
      email: "o'brien@sim.example",
      members: [...members, { '@odata.type': '#microsoft.graph.group', id: 'x' }],
    });
    await organization.connectMicrosoft();
    const path = `${organization.path}/integrations/microsoft`;
    const scope = { include: { groups: ["O'Brien@sim.example"] } };
    expectStatus(await rollcall.api.patch(path, { scope }), 200);
    await organization.change({ microsoft: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync('microsoft');
    expect((await active()).map((email) => email.toLowerCase())).to.have.members(
      chosen.map(({ mail }) => String(mail).toLowerCase()),
    );
    expect((await organization.sync('microsoft')).kind).to.equal('full');
    const units = await rollcall.api.patch(path, { scope: { include: { orgUnits: ['/Sales'] } } });
    expect(units.body.errors[0].path).to.equal('scope.include.orgUnits');
    graph.consent(['User.Read.All']);
    graph.revokeTokens();
    const run = await organization.run('microsoft');
    expect(run.reasons[0].message).to.match(/GroupMember\.Read\.All/);
  });

  it('refuses what it does not understand, and says where', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ scope: { include: { orgUnits: ['Sales'] } } }, 'scope.include.orgUnits.0'],
      [{ scope: { onLeave: 'delete' } }, 'scope.onLeave'],
      [{ schedule: { quietHours: { from: '25:00', to: '06:00', timeZone: 'UTC' } } }, 'schedule.quietHours.from'],
      [
        { schedule: { quietHours: { from: '22:00', to: '06:00', timeZone: 'Mars/Base' } } },
        'schedule.quietHours.timeZone',
      ],
      [{ removals: { limits: { removals: { percent: 101 } } } }, 'removals.limits.removals.percent'],
      [{ removals: { graceHours: -1 } }, 'removals.graceHours'],
      [{ mapping: [{ attribute: 'email', value: { constant: 'x' } }] }, 'mapping.0.attribute'],
      [{ nonsense: true }, 'nonsense'],
    ];
    for (const [edit, path] of cases) {
      const { status, body } = await choose(edit);
      expect([status, body.errors?.[0].path], JSON.stringify(edit)).to.deep.equal([400, path]);
    }
  });
});
