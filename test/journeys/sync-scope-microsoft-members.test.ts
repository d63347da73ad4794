import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { createGroupScope, type GroupScope } from '../support/group-scope.ts';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('Members of Microsoft groups that a scope names', (way) => {
  let rollcall: TestRollcall;
  let scope: GroupScope;
  const graph = () => rollcall.microsoft().control;

  const HIDDEN = /^The members of Board \(b-1\) are hidden, .* permission Member\.Read\.Hidden and grant admin consent/;
  let members: readonly Body[];
  const addresses = (people: readonly Body[]) => people.map(({ mail }) => String(mail).toLowerCase());
  const consent = (...roles: readonly string[]) => {
    graph().consent(['User.Read.All', 'GroupMember.Read.All', 'Organization.Read.All', ...roles]);
    graph().revokeTokens();
  };

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), microsoft: { people: 60 } });
    const organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectMicrosoft();
    scope = createGroupScope(rollcall, organization, 'microsoft');
    const usual = ({ accountEnabled, userType, mail }: Body) => accountEnabled === true && userType !== 'Guest' && mail;
    members = [...graph().everybody()].filter(usual).slice(0, 3);
  });
  afterEach(() => rollcall.stop());
  const board = (hidden: 'nothing' | 'ids' | undefined, people: readonly Body[] = members) =>
    graph().group({
      id: 'b-1',
      email: 'board@sim.example',
      name: 'Board',
      ...(hidden === undefined ? {} : { hidden }),
      members: people.map(({ id }) => ({ '@odata.type': '#microsoft.graph.user', id })),
    });

  for (const hidden of ['nothing', 'ids'] as const)
    it(`takes hidden members with the permission, and judges nobody by ${hidden} without it`, async () => {
      board(hidden);
      const run = await scope.sync({ include: { groups: ['b-1'] }, onLeave: 'deactivate' });
      expect(run.state).to.equal('finished');
      expect(await scope.active()).to.have.members(addresses(members));
      expect(await scope.groupChecks()).to.deep.equal([
        { name: 'group', ok: true, message: 'The members of b-1 can be read; they are hidden from others.' },
      ]);
      consent();
      const blind = await scope.run();
      expect([blind.state, blind.reasons[0].code, blind.counts.removed]).to.deep.equal(['failed', 'config', 0]);
      expect(blind.reasons[0].message).to.match(HIDDEN);
      expect(await scope.active()).to.have.members(addresses(members));
      const [check] = await scope.groupChecks();
      expect(check).to.deep.equal({ name: 'group', ok: false, message: blind.reasons[0].message });
      consent('Member.Read.Hidden');
      expect((await scope.run()).state).to.equal('finished');
      expect(await scope.active()).to.have.members(addresses(members));
    });

  it('judges nobody by an excluded group whose members it is not shown', async () => {
    board('nothing');
    consent();
    const run = await scope.sync({ exclude: { groups: ['b-1'] } });
    expect(run.reasons[0].message).to.match(HIDDEN);
    expect(await scope.active()).to.deep.equal([]);
  });

  it('takes a group that hides nothing for empty when it is', async () => {
    board(undefined, []);
    const run = await scope.sync({ include: { groups: ['board@sim.example'] } });
    expect([run.state, await scope.active()]).to.deep.equal(['finished', []]);
  });

  it('is shown the first page of hidden members and ids after it: judges nobody', async () => {
    const many = Array.from({ length: 999 }, () => 1);
    const group = { id: 'b-1', email: 'board@sim.example', name: 'Board', members: [...many, { id: 'x' }] };
    graph().group({ ...group, hidden: 'ids' });
    const run = await scope.sync({ include: { groups: ['b-1'] } });
    expect([run.state, run.reasons[0].code]).to.deep.equal(['failed', 'config']);
    expect(run.reasons[0].message).to.match(HIDDEN);
  });

  it('takes no page for whole on which a member has no type', async () => {
    await scope.choose({ include: { groups: ['board@sim.example'] } });
    graph().group({ id: 'b-1', email: 'board@sim.example', members: [1, { id: 'x' }] });
    const [check] = await scope.groupChecks();
    expect(check?.message).to.equal('board@sim.example: Microsoft could not be read: a member came without its type.');
  });

  it('names a group nobody knows in the test', async () => {
    await scope.choose({ include: { groups: ['none@sim.example'] } });
    const [check] = await scope.groupChecks();
    expect(check).to.include({ ok: false, message: 'There is no group none@sim.example in this tenant.' });
  });
});
