import { expect } from 'chai';
import { createGroupScope, type GroupScope, groupWords } from '../support/group-scope.ts';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const OUTSIDE = / not in the listing of the directory, and not taken/;

describeBothWays('Members of Google groups that a scope names', (way) => {
  let rollcall: TestRollcall;
  let scope: GroupScope;
  const google = () => rollcall.google().control;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 60 } });
    const organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    scope = createGroupScope(rollcall, organization, 'google');
    for (const how of ['unsuspend', 'unarchive'] as const)
      google().mutate({ do: how, who: { from: 1, to: 5 } }, { do: how, who: 0 });
  });
  afterEach(() => rollcall.stop());
  const addresses = (...who: readonly number[]) =>
    who.map((index) => String(google().person(index)?.primaryEmail).toLowerCase());

  it('counts who is from outside, over all pages, and takes only its own', async () => {
    // Google leaves the status of those outside out, and one of them has a type of its own.
    const outside = Array.from({ length: 230 }, (_, n) => ({
      id: `9${n}`,
      type: 'USER',
      email: `${n}@else.example`,
    }));
    const odd = { id: '8', type: 'EXTERNAL', email: 'odd@else.example' };
    google().group({ id: 'g1', email: 'mixed@sim.example', members: [1, ...outside, 2, odd, 3] });
    google().group({ id: 'g2', email: 'own@sim.example', members: [4] });
    const run = await scope.sync({ include: { groups: ['mixed@sim.example', 'g2'] } });
    expect(run.state).to.equal('finished');
    expect(await scope.active()).to.have.members(addresses(1, 2, 3, 4));
    expect(groupWords(run)).to.have.length(1);
    expect(groupWords(run)[0])
      .to.match(/^mixed@sim\.example: 231 members are/)
      .and.to.match(OUTSIDE);
  });

  it('takes nobody for a member who only has the address of one from outside', async () => {
    const [email] = addresses(2);
    google().group({ id: 'g', email: 'g@sim.example', members: [1, { id: '999', type: 'USER', email }] });
    const run = await scope.sync({ include: { groups: ['g'] } });
    expect(await scope.active()).to.have.members(addresses(1));
    expect(groupWords(run)[0])
      .to.match(/^g: 1 member is/)
      .and.to.match(OUTSIDE);
  });

  it('tells of them beside everybody, and not of everybody', async () => {
    const all = { id: 'C0rollcall', type: 'CUSTOMER' };
    google().group({ id: 'g', email: 'g@sim.example', members: [all] });
    expect(groupWords(await scope.sync({ include: { groups: ['g'] } }))).to.deep.equal([]);
    google().group({ id: 'g', email: 'g@sim.example', members: [all, { id: '999', type: 'USER' }] });
    const before = await scope.active();
    const run = await scope.run();
    expect(groupWords(run)[0]).to.match(/^g: 1 member is/);
    expect(await scope.active())
      .to.have.members(before)
      .and.to.include.members(addresses(1, 2, 3, 4));
  });

  it('takes no page for whole on which a member cannot be told', async () => {
    await scope.choose({ include: { groups: ['all@sim.example'] } });
    for (const member of [{ type: 'USER' }, { id: '1' }]) {
      google().group({ id: 'g', email: 'all@sim.example', members: [1, member] });
      const [check] = await scope.groupChecks();
      expect(check).to.deep.equal({
        name: 'group',
        ok: false,
        message:
          'all@sim.example: Google could not be read: the page of members is not whole: a member came without its id or type.',
      });
    }
  });

  for (const [what, entry, email, says] of [
    [
      'of another Workspace',
      'g',
      'all@elsewhere.example',
      /of g may not be read: it is a group of another Google Work/,
    ],
    ['that is gone', 'all@sim.example', 'renamed@sim.example', /^There is no group all@sim\.example in this Google/],
  ] as const)
    it(`fails over a group ${what}, says so in the run and in the test, and judges nobody by it`, async () => {
      google().group({ id: 'g', email: 'all@sim.example', members: [1, 2] });
      await scope.sync({ include: { groups: [entry] }, onLeave: 'deactivate' });
      google().group({ id: 'g', email, members: [1] });
      const run = await scope.run();
      expect([run.state, run.reasons[0].code]).to.deep.equal(['failed', 'config']);
      expect(run.reasons[0].message).to.match(says);
      expect(await scope.active()).to.have.members(addresses(1, 2));
      expect((await scope.test()).ok).to.equal(false);
      expect(await scope.groupChecks()).to.deep.equal([{ name: 'group', ok: false, message: run.reasons[0].message }]);
    });

  it('tests the groups of the scope, included or excluded, once the connection itself stands', async () => {
    google().group({ id: 'g1', email: 'a@sim.example', members: [1, { id: 'n', type: 'GROUP' }] });
    google().group({ id: 'g2', email: 'b@sim.example', members: [{ id: 'C0rollcall', type: 'CUSTOMER' }] });
    google().group({ id: 'g3', email: 'c@sim.example', members: [] });
    await scope.choose({ include: { groups: ['a@sim.example', 'g2'] }, exclude: { groups: ['g3'] } });
    expect((await scope.test()).ok).to.equal(true);
    expect((await scope.groupChecks()).map(({ message }) => message)).to.deep.equal([
      'The members of a@sim.example can be read; groups within the group are not looked into.',
      'The members of g2 can be read; it holds everybody.',
      'The members of g3 can be read; it has no people as direct members.',
    ]);
    google().delegate([]);
    google().revokeTokens();
    const asked = google().stats().calls['members.list'];
    const [check, ...more] = await scope.groupChecks();
    expect([check?.message, more]).to.deep.equal([
      'The groups of the scope were not tried: "delegation" comes first.',
      [],
    ]);
    expect(google().stats().calls['members.list']).to.equal(asked);
  });

  it('tests the first twenty groups of many, and says so', async () => {
    const groups = Array.from({ length: 23 }, (_, n) => `g${n}`);
    for (const id of groups) google().group({ id, email: `${id}@sim.example`, members: [1] });
    await scope.choose({ include: { groups } });
    const checks = await scope.groupChecks();
    expect(checks).to.have.length(21);
    expect(checks.at(-1)).to.include({ ok: true, message: '3 more groups were not tried.' });
    expect(google().stats().calls['members.list']).to.equal(20);
  });
});
