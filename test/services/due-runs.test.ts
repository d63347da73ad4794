import { expect } from 'chai';
import { defaultSettings } from '../../src/core/organization.ts';
import type { Run } from '../../src/core/run.ts';
import { newSyncState } from '../../src/core/sync-state.ts';
import { noteOutcome } from '../../src/services/note-outcome.ts';
import { startDueRuns } from '../../src/services/start-due-runs.ts';
import { startRun } from '../../src/services/start-run.ts';
import { anIntegration } from '../fixtures/organizations.ts';
import { aRun } from '../fixtures/runs.ts';
import { openTenant, type Tenant } from './tenant.ts';

const HOUR_MS = 3_600_000;
const DIRECTORY = { syncUsers: true, autoEnableUsers: false, syncVersion: 1 };

describe('Starting runs that are due', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant({ google: DIRECTORY, microsoft: DIRECTORY });
  });
  afterEach(() => tenant.stores.close());

  const ago = (ms: number) => new Date(tenant.clock.now() - ms).toISOString();

  /** An organization with a directory that is due, and the last run of it. */
  async function due(id: string, nextDueAt: string, run: Partial<Run> | null = null): Promise<void> {
    const { organizations, integrations, runs } = tenant.stores;
    if (id !== tenant.id) {
      const settings = { ...defaultSettings([]), google: DIRECTORY, microsoft: DIRECTORY };
      await organizations.insert({ ...(await tenant.organization()), id, name: id, settings });
    }
    await integrations.put(anIntegration({ organizationId: id, id, nextDueAt }));
    if (run)
      await runs.insert(aRun({ organizationId: id, integrationId: id, id: `0-${id}`, source: 'google', ...run }));
  }
  const latest = (id: string) => tenant.stores.runs.latest(id, 'google');
  const integration = async (id: string) => tenant.stores.integrations.get(id, 'google');
  const state = () => tenant.stores.syncStates.get(tenant.id, 'google');

  it('starves nobody, however many others are under way or may not start', async () => {
    for (let n = 0; n < 120; n++) await due(`busy-${n}`, ago(HOUR_MS), { state: 'running' });
    await due(tenant.id, ago(1_000));
    await startDueRuns(tenant.deps);
    await startDueRuns(tenant.deps);
    expect(await latest(tenant.id)).to.include({ state: 'queued', trigger: 'schedule' });
    expect(await tenant.stores.integrations.due(ago(0), 200)).to.deep.equal([]);
  });

  it('lets the trouble of one organization stop no other', async () => {
    await due('broken', ago(HOUR_MS));
    await due(tenant.id, ago(1_000));
    const { runs } = tenant.stores;
    const failing = async (organizationId: string, source: 'google' | 'microsoft') => {
      if (organizationId === 'broken') throw new Error('unreadable');
      return runs.latest(organizationId, source);
    };
    await startDueRuns({ ...tenant.deps, stores: { ...tenant.stores, runs: { ...runs, latest: failing } } });
    expect(await latest(tenant.id)).to.include({ state: 'queued' });
  });

  it('lets a run that ended unnoted count first', async () => {
    const finishedAt = ago(60_000);
    const reasons = [{ externalId: null, userId: null, code: 'config', message: 'the key is gone' }];
    await due(tenant.id, ago(1_000), { state: 'failed', finishedAt, reasons });
    await startDueRuns(tenant.deps);
    await startDueRuns(tenant.deps);
    expect((await latest(tenant.id))?.id).to.equal(`0-${tenant.id}`);
    const { trouble, lastRunId } = await state();
    expect(trouble).to.include({ cause: 'config', message: 'the key is gone', failures: 1 });
    expect(lastRunId).to.equal(`0-${tenant.id}`);
    expect((await integration(tenant.id))?.nextDueAt).to.equal(trouble?.nextAttemptAt);
    tenant.clock.advance(HOUR_MS);
    await startDueRuns(tenant.deps);
    expect(await latest(tenant.id)).to.include({ state: 'queued' });
  });

  it('puts off a run that came due while the failing one was under way', async () => {
    const reasons = [{ externalId: null, userId: null, code: 'config', message: 'the key is gone' }];
    await due(tenant.id, ago(1_000), { state: 'failed', finishedAt: ago(0), reasons });
    await noteOutcome(tenant.deps, (await latest(tenant.id)) as Run);
    expect((await integration(tenant.id))?.nextDueAt).to.equal(ago(-HOUR_MS));
  });

  it('notes the end of a run, though old ones cannot be forgotten', async () => {
    const finishedAt = ago(0);
    await due(tenant.id, ago(-HOUR_MS), { state: 'finished', kind: 'full', finishedAt });
    const prune = async (): Promise<never> => {
      throw new Error('not now');
    };
    const stores = { ...tenant.stores, runs: { ...tenant.stores.runs, prune } };
    const run = (await latest(tenant.id)) as Run;
    const noting = noteOutcome({ ...tenant.deps, stores }, run).then(
      () => 'noted',
      (error: Error) => error.message,
    );
    expect(await noting).to.equal('not now');
    expect(await state()).to.include({ lastOkAt: finishedAt, lastFullAt: finishedAt });
  });

  for (const [title, listed, finished, kind] of [
    ['nobody knows when everybody was listed', null, 'delta', 'full'],
    ['everybody was listed just now, and it is still to be noted', null, 'full', 'delta'],
    ['everybody was listed lately', HOUR_MS, 'delta', 'delta'],
    ['everybody was listed long ago', 145 * HOUR_MS, 'delta', 'full'],
  ] as const)
    it(`reads ${kind === 'full' ? 'everybody' : 'what changed'} when ${title}`, async () => {
      const { integrations, runs, syncStates } = tenant.stores;
      await integrations.put(anIntegration({ organizationId: tenant.id, id: tenant.id, source: 'microsoft' }));
      const facts = { organizationId: tenant.id, integrationId: tenant.id, source: 'microsoft', id: '0' } as const;
      const pins = { syncVersion: 1, integrationVersion: 1 };
      const ended = { state: 'finished', kind: finished, checkpoint: 'delta-link', finishedAt: ago(60_000) } as const;
      await runs.insert(aRun({ ...facts, ...ended, pins }));
      if (listed !== null)
        await syncStates.save({ ...newSyncState(tenant.id, 'microsoft'), version: 1, lastFullAt: ago(listed) });
      expect(await startRun(tenant.deps, tenant.id, 'microsoft', 'schedule')).to.include({ kind });
    });
});
