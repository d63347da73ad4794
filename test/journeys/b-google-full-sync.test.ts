import { expect } from 'chai';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 1_200;

describeBothWays('Journey B: a full sync of Google Workspace, page by page', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: PEOPLE } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.run();
  });
  after(() => rollcall.stop());
  afterEach(() => rollcall.google().control.clearFaults());

  const active = async () =>
    (await rollcall.api.get(`${organization.path}/users?status=active&limit=1`)).body.total as number;
  const listedActive = () =>
    [...rollcall.google().control.everybody()].filter(({ suspended, archived }) => suspended === false && !archived)
      .length;
  const activeEmail = (nth: number) => {
    const people = [...rollcall.google().control.everybody()].filter(
      ({ suspended, archived, isAdmin }) => suspended === false && !archived && !isAdmin,
    );
    return String(people[nth]?.primaryEmail);
  };

  it('brings everybody whom Google reports active, and nobody else', async () => {
    expect(await active()).to.equal(listedActive());
  });

  it('writes nothing when nothing changed', async () => {
    const events = (await organization.events()).length;
    const run = await organization.run();
    expect(run).to.include({ state: 'finished' });
    expect(run.counts).to.include({ pages: 3, seen: PEOPLE, created: 0, updated: 0, removed: 0, failed: 0 });
    expect((await organization.events()).length).to.equal(events);
  });

  it('asks about each missing person, and removes only who is gone', async () => {
    const gone = activeEmail(10);
    const skipped = String(rollcall.google().control.person(activeEmail(20))?.id);
    rollcall.google().control.mutate({ do: 'delete', who: gone });
    rollcall.google().control.fault({
      match: { operation: 'users.list' },
      times: 'always',
      fault: { kind: 'omit-records', ids: [skipped] },
    });
    const before = await active();
    const run = await organization.run();
    expect(run).to.include({ state: 'finished' });
    expect(run.counts.removed).to.equal(1);
    expect(await active()).to.equal(before - 1);
    expect((await organization.userByEmail(gone)).status).to.equal('deactivated');
  });

  it('lets two people swap addresses in one run', async () => {
    const [left, right] = [activeEmail(30), activeEmail(31)];
    const [leftUser, rightUser] = [await organization.userByEmail(left), await organization.userByEmail(right)];
    rollcall.google().control.mutate({ do: 'swap-emails', who: left, with: right });
    expect((await organization.run()).state).to.equal('finished');
    expect((await organization.user(leftUser.id)).email).to.equal(right);
    expect((await organization.user(rightUser.id)).email).to.equal(left);
  });

  for (const kind of ['truncated-json', 'no-users', 'empty-page', 'web-page'] as const)
    it(`removes nobody when Google keeps answering with ${kind}`, async () => {
      const before = await active();
      rollcall.google().control.fault({ match: { operation: 'users.list', page: 2 }, times: 2, fault: { kind } });
      const run = await organization.run();
      expect(run.counts.removed).to.equal(0);
      expect(await active()).to.equal(before);
    });

  it('holds everything over the limit as a numbered plan, which keeps its number while it stays the same', async () => {
    const before = await active();
    rollcall.google().control.mutate({ do: 'suspend', who: { from: 500, to: 900 } });
    const first = await organization.run();
    const second = await organization.run();
    expect(first).to.include({ state: 'held' });
    expect(first.counts.held).to.be.above(300);
    expect(first.reasons.map(({ code }: { code: string }) => code)).to.include('too_many_removals');
    expect(await active()).to.equal(before);
    expect(second.plan.number).to.equal(first.plan.number);
    rollcall.google().control.mutate({ do: 'unsuspend', who: { from: 500, to: 600 } });
    const third = await organization.run();
    expect(third.plan.number).to.equal(first.plan.number + 1);
    rollcall.google().control.mutate({ do: 'unsuspend', who: { from: 600, to: 900 } });
    expect((await organization.run()).state).to.equal('finished');
  });
});
