import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('runs of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let start = '';
  let runs = '';
  beforeEach(async () => {
    rollcall = await startDescribed({ google: { people: 6 } });
    organization = await rollcall.addOrganization();
    start = `${organization.path}/integrations/google/runs`;
    runs = `${organization.path}/runs`;
  });
  afterEach(() => rollcall.stop());

  it('starts none before the directory is connected', async () => {
    const { status, body } = await rollcall.api.post(start);
    expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'not_configured' });
  });

  it('starts none while sync is off', async () => {
    await organization.connectGoogle();
    const { status, body } = await rollcall.api.post(start);
    expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'sync_disabled' });
    expect((await rollcall.api.get(runs)).body).to.deep.equal({ items: [], next: null, total: 0 });
  });

  it('answers at once, and tells afterwards what came of it', async () => {
    await organization.change({ google: { syncUsers: true } });
    await organization.connectGoogle();
    const started = await rollcall.api.post(start, {});
    expect(started.status).to.equal(202);
    expect(started.body.state).to.be.oneOf(['queued', 'running']);
    expect(started.body).to.include({ source: 'google', kind: 'full', phase: 'listing' });

    const run = await organization.sync();
    expect(run.state).to.equal('finished');
    expect(run).not.to.have.any.keys('phase', 'plan', 'cursor', 'epoch', 'organizationId');
    expect(run.counts.seen).to.equal(6);
    expect(run.reasons).to.deep.equal([]);
    for (const time of ['createdAt', 'startedAt', 'finishedAt', 'nextDueAt'])
      expect(Date.parse(run[time]), time).to.be.greaterThan(0);
  });

  it('lists the newest first, page by page, without reasons', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    await organization.sync();
    const all = expectStatus(await rollcall.api.get(runs), 200).items;
    expect(all.length).to.be.greaterThan(1);
    expect(all.some((run: Body) => 'reasons' in run)).to.equal(false);
    const paged: Body[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '?limit=1' : `?limit=1&cursor=${cursor}`;
      const { items, next } = expectStatus(await rollcall.api.get(`${runs}${query}`), 200);
      paged.push(...items);
      cursor = next;
    }
    expect(paged.map(({ id }) => id)).to.deep.equal(all.map(({ id }: Body) => id));
  });

  it('gives the reasons of a run that failed', async () => {
    await organization.change({ google: { syncUsers: true } });
    const { serviceAccount } = rollcall.google();
    expectStatus(
      await rollcall.api.put(`${organization.path}/integrations/google`, {
        serviceAccount,
        subject: 'nobody@sim.example',
      }),
      200,
    );
    const run = await organization.run();
    expect(run.state).to.equal('failed');
    expect(run.reasons).to.have.length(1);
    expect(run.reasons[0]).to.have.all.keys('code', 'message');
    expect(run.reasons[0].code).to.equal('config');
  });

  it('takes no words', async () => {
    expect((await rollcall.api.post(start, { full: true })).status).to.equal(400);
  });
});
