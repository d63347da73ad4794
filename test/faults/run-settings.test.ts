import { expect } from 'chai';
import { describeScaled } from '../servers/describe-on.ts';
import type { Body } from '../support/api-client.ts';
import { figure } from './figure.ts';
import { type FaultOrganization, type Installation, onServers, startInstallation, waitFor } from './installation.ts';

const ON = { google: { syncUsers: true, autoEnableUsers: true } };

describeScaled('Work that was queued under other settings', (mongo, redis) => {
  let installation: Installation;
  let organization: FaultOrganization;

  const begin = async (people: number) => {
    installation = await startInstallation({ ...onServers(mongo, redis), google: { people } });
    organization = await installation.addOrganization();
    await organization.connect();
  };
  afterEach(() => installation.stop());

  const statuses = async () =>
    (await organization.users()).map(({ email, status }: Body) => `${email} ${status}`).sort();
  const active = async () => (await organization.get('/users?status=active&limit=1')).total as number;
  const enablings = async () =>
    (await organization.events()).filter(({ changes }: Body) => changes.status?.[1] === 'active').length;
  const swept = () =>
    waitFor('the sweep is done', async () => (await organization.get('/settings')).sweep.state === 'idle');

  it('R27: a run that waited in the queue enables nobody once SCIM is on', async function () {
    this.timeout(60_000);
    await begin(40);
    await organization.change(ON);
    await organization.change({ scim: { enabled: true } });
    await installation.start('worker');
    const run = await organization.runsEnded();
    await swept();
    figure(
      'R27',
      `queued run after SCIM was switched on: ${run.counts.created} people observed, ${await active()} enabled`,
    );
    expect(run.state).to.equal('finished');
    expect(run.counts.created).to.be.above(30);
    expect(await active()).to.equal(0);
    expect(await enablings()).to.equal(0);
  });

  it('R27: a run that the directory told to wait enables nobody once SCIM is on', async function () {
    this.timeout(60_000);
    await begin(600);
    installation.google.control.fault({
      match: { operation: 'users.list', page: 2 },
      fault: { kind: 'error', status: 429, reason: 'rateLimitExceeded', retryAfterSeconds: 3 },
    });
    await installation.start('worker');
    await organization.change(ON);
    await waitFor('the first page is stored', async () => (await organization.latestRun()).counts.pages === 1);
    await organization.change({ scim: { enabled: true } });
    const before = await active();
    await swept();
    const run = await organization.runsEnded();
    const after = await active();
    figure('R27', `delayed page after SCIM was switched on: ${before} active before, ${after} after`);
    expect(run).to.include({ state: 'finished' });
    expect(run.counts.pages).to.equal(2);
    expect(before).to.be.above(0);
    expect(after).to.equal(before);
    expect(await enablings()).to.equal(before);
  });

  it('R27: a sweep that was queued to enable people enables nobody once SCIM is on', async function () {
    this.timeout(60_000);
    await begin(40);
    await organization.change({ google: { syncUsers: true } });
    const first = await installation.start('worker');
    await organization.runsEnded();
    await swept();
    await first.end('SIGTERM');
    const before = await statuses();
    await organization.change({ google: { autoEnableUsers: true } });
    await organization.change({ scim: { enabled: true } });
    await installation.start('worker');
    await swept();
    figure('R27', `queued sweep after SCIM was switched on: ${await enablings()} of ${before.length} enabled`);
    expect(before.length).to.be.above(30);
    expect(await statuses()).to.deep.equal(before);
    expect(await enablings()).to.equal(0);
  });

  it('R28: a run has no effect any more once its sync is switched off', async function () {
    this.timeout(60_000);
    await begin(2_600);
    const { control } = installation.google;
    control.fault({ match: { operation: 'users.list' }, times: 'always', fault: { kind: 'slow-first-byte', ms: 300 } });
    await installation.start('worker');
    await organization.change(ON);
    await waitFor('two pages are stored', async () => (await organization.latestRun()).counts.pages >= 2);
    await organization.change({ google: { syncUsers: false } });
    const { total: atAnswer } = await organization.get('/users?status=all&limit=1');
    const listedAtAnswer = control.stats().calls['users.list'];
    const run = await organization.runsEnded();
    const { total } = await organization.get('/users?status=all&limit=1');
    const listed = control.stats().calls['users.list'];
    figure(
      'R28',
      `${total - atAnswer} people (at most one page of 500) after the answer, ${listed - listedAtAnswer} more pages asked for`,
    );
    expect(run).to.include({ state: 'superseded' });
    expect(run.counts.removed).to.equal(0);
    expect(total - atAnswer).to.be.at.most(500);
    expect(listed - listedAtAnswer).to.be.at.most(1);
    expect(total).to.be.below(2_000);
  });
});
