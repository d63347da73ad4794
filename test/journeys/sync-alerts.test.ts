import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { setEverybody } from '../support/held-plan.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const DAY_MS = 86_400_000;

describeBothWays('An alert of a sync, though a process dies before it is told or right after,', (way) => {
  const interruptions = createInterruptions();
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    const { around } = interruptions;
    const overrides = { around, clock: { now: () => Date.now() + ahead } };
    rollcall = await startRollcall({ env: way.env(), microsoft: { people: 20 }, overrides });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync('microsoft');
  });
  afterEach(async () => {
    interruptions.clear();
    await rollcall.stop();
  });

  /** The next time anything is told or noted, whoever does it dies over it. */
  const dieOver = (call: 'events.add' | 'syncStates.save') => {
    let died = false;
    interruptions.before(call, 1, () => {
      died = true;
      throw new Error('killed');
    });
    return until.bind(null, `somebody died over ${call}`, async () => died);
  };
  const state = async () =>
    expectStatus(await rollcall.api.get(`${organization.path}/integrations/microsoft`), 200).state;
  /** What nobody noted is found out when the next run is due. */
  const becomes = (wanted: string) => {
    ahead += DAY_MS;
    return until(`it is ${wanted}`, async () => (await state()) === wanted);
  };
  const alerts = async () =>
    (await organization.events()).map(({ type }: Body) => type).filter((type: string) => type.startsWith('alert.'));
  const consent = (permissions: readonly string[]) => {
    rollcall.microsoft().control.consent([...permissions]);
    rollcall.microsoft().control.revokeTokens();
  };

  for (const call of ['events.add', 'syncStates.save'] as const) {
    it(`tells of a quarantine and of its end once, killed over ${call}`, async () => {
      consent([]);
      const first = dieOver(call);
      await organization.run('microsoft', { kind: 'full' });
      await first();
      await becomes('quarantined');
      expect(await alerts()).to.deep.equal(['alert.sync_quarantined']);
      const second = dieOver(call);
      consent(['User.Read.All']);
      ahead += DAY_MS;
      await second();
      await becomes('ok');
      expect(await alerts()).to.deep.equal(['alert.sync_quarantined', 'alert.sync_recovered']);
    });

    it(`tells of a plan that waits once, killed over ${call}`, async () => {
      setEverybody(rollcall, 'microsoft', true);
      await organization.run('microsoft', { kind: 'full' });
      setEverybody(rollcall, 'microsoft', false);
      const death = dieOver(call);
      expect((await organization.run('microsoft', { kind: 'full' })).state).to.equal('held');
      await death();
      expect(await alerts()).to.deep.equal(['alert.plan_held']);
    });
  }
});
