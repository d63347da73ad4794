import { expect } from 'chai';
import { startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const HOUR_MS = 3_600_000;

describeBothWays('The hourly schedule', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: 20 },
      overrides: { clock: { now: () => Date.now() + ahead } },
    });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await ended(1);
  });
  afterEach(() => rollcall.stop());

  const runs = async () => (await rollcall.api.get(`${organization.path}/runs`)).body.items;
  const ended = (count: number) =>
    until(`${count} runs have ended`, async () => {
      const items = await runs();
      return items.length >= count && items.every(({ finishedAt }: { finishedAt?: string }) => finishedAt)
        ? items
        : null;
    });

  it('starts a run when its time has come, and none before', async () => {
    const [{ nextDueAt }] = await runs();
    expect(Date.parse(nextDueAt) - Date.now()).to.be.within(0, HOUR_MS);
    ahead += HOUR_MS;
    const items = await ended(2);
    expect(items).to.have.length(2);
    expect(items[0]).to.include({ trigger: 'schedule', state: 'finished' });
  });

  it('makes up for many missed runs with one', async () => {
    ahead += 30 * HOUR_MS;
    await ended(2);
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(await runs()).to.have.length(2);
  });

  it('stops while the sync is off', async () => {
    await organization.change({ google: { syncUsers: false } });
    const { body } = await rollcall.api.get(`${organization.path}/integrations/google`);
    expect(body).not.to.have.property('nextDueAt');
    ahead += 2 * HOUR_MS;
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(await runs()).to.have.length(1);
  });
});
