import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { createInterruptions, type Interruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('a pool that is taken away while somebody joins it', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let interruptions: Interruptions;
  let id = '';
  before(async () => {
    interruptions = createInterruptions();
    const { around } = interruptions;
    rollcall = await startRollcall({ env: way.env(), overrides: { around } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    ({ id } = await organization.addActiveUser('Ada', 'ada@example.com'));
    await organization.name('pools', 'p-1');
  });

  const at = (rest: string) => `${organization.path}/${rest}`;
  const join = () => rollcall.api.put(at(`users/${id}/pools/p-1`), undefined);
  const takeAway = async () => expectStatus(await rollcall.api.delete(at('pools/p-1')), 204);
  const members = async () => (await rollcall.api.get(at('users?pool=p-1'))).body.items.map((one: Body) => one.id);
  const poolsOf = async () => (await organization.user(id)).access.pools;
  const expectNobodyIn = async () => {
    expect(await poolsOf()).to.deep.equal([]);
    expect(await members()).to.deep.equal([]);
    await organization.name('pools', 'p-1');
    expect(await poolsOf(), 'made again').to.deep.equal([]);
    expect(await members(), 'made again').to.deep.equal([]);
    expect(expectStatus(await join(), 200).access.pools).to.deep.equal(['p-1']);
    expect(await members()).to.deep.equal([id]);
  };

  it('refuses them', async () => {
    interruptions.before('users.save', 1, takeAway);
    expect(expectStatus(await join(), 404).code).to.equal('not_found');
    await expectNobodyIn();
  });

  it('is left by whom an admin put into it with their access', async () => {
    interruptions.before('users.save', 1, takeAway);
    const access = { level: 'elevated', roles: [], pools: ['p-1'] };
    const given = expectStatus(await rollcall.api.put(at(`users/${id}/access`), access), 200).access;
    expect([given.level, given.pools]).to.deep.equal(['elevated', []]);
    await expectNobodyIn();
  });

  it('is left by whom a CSV file puts into it', async () => {
    const imports = importsOf(rollcall, organization);
    const reviewed = await imports.review('email,pools\nada@example.com,p-1\n');
    interruptions.before('users.saveMany', 1, takeAway);
    await imports.carryOut(reviewed);
    await expectNobodyIn();
  });

  it('is left by many at once', async () => {
    const { id: bulk, digest } = expectStatus(
      await rollcall.api.post(at('users/bulk'), { action: 'addPool', pool: 'p-1', select: { ids: [id] } }),
      201,
    );
    let isTaken = false;
    const takeOnce = async () => {
      if (isTaken) return;
      isTaken = true;
      await takeAway();
    };
    interruptions.before('users.save', 1, takeOnce);
    interruptions.before('users.saveMany', 1, takeOnce);
    expectStatus(await rollcall.api.post(at(`bulk/${bulk}/confirm`), { digest }), 202);
    await until('it is done', async () => (await rollcall.api.get(at(`bulk/${bulk}`))).body.state === 'done');
    await expectNobodyIn();
  });

  it('is left by who joins it after it was found empty', async () => {
    interruptions.before('catalog.save', 1, async () => expectStatus(await join(), 200));
    await takeAway();
    await expectNobodyIn();
  });

  it('shows nobody in it, and gets nobody back, when the process dies that put them in', async () => {
    interruptions.before('users.save', 1, takeAway);
    interruptions.before('catalog.among', 1, () => {
      throw new Error('the process has died');
    });
    expect((await join()).status).to.equal(500);
    const { text } = await rollcall.api.get(at('users.csv'));
    expect(text).to.contain('ada@example.com').and.not.contain('p-1');
    expect(await poolsOf()).to.deep.equal([]);
    await organization.name('pools', 'p-1');
    expect(await poolsOf(), 'made again').to.deep.equal([]);
    expect(await members(), 'made again').to.deep.equal([]);
  });
});
