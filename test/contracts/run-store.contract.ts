import { expect } from 'chai';
import type { Run } from '../../src/core/run.ts';
import type { RunStore } from '../../src/ports/stores.ts';
import { aRun, aStagedChange } from '../fixtures/runs.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every RunStore promises. */
export function runStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const runs = () => test.stores.runs;

  describe('keeping', () => keepingContract(runs));
  describe('leases', () => leaseContract(runs, test.pass));
  describe('checkpoints', () => checkpointContract(runs));
}

async function inserted(runs: () => RunStore, facts: Partial<Run> = {}): Promise<Run> {
  const run = aRun(facts);
  await runs().insert(run);
  return run;
}

const fenceOf = ({ id, epoch }: Run) => ({ runId: id, epoch });

function keepingContract(runs: () => RunStore): void {
  it('gives a run back as it was stored', async () => {
    const run = await inserted(runs, { reasons: [{ externalId: null, userId: null, code: 'c', message: 'm' }] });
    expect(await runs().get(ORGANIZATION, run.id)).to.deep.equal(run);
    expect(await runs().get(ORGANIZATION, 'nobody')).to.equal(null);
  });

  it('lets one run of an integration be unfinished', async () => {
    const first = await inserted(runs, { state: 'running' });
    for (const state of ['queued', 'running'] as const)
      expect(await refused(runs().insert(aRun({ state })), 'run_in_progress')).to.deep.equal({ runId: first.id });
    await inserted(runs, { state: 'queued', integrationId: 'integration-2' });
    await runs().checkpoint({ run: { ...first, state: 'held' } });
    const second = await inserted(runs);
    await refused(runs().checkpoint({ run: { ...first, state: 'running' } }), 'run_in_progress');
    expect((await runs().get(ORGANIZATION, first.id))?.state).to.equal('held');
    expect((await runs().unheld(10)).map(({ id }) => id)).to.include(second.id);
  });

  it('lets exactly one of twenty racing inserts win', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => runs().insert(aRun())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });

  it('forgets old runs with all they left, but the newest, those under way and the one that is asked for', async () => {
    const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T00:00:00.000Z`;
    const made: Run[] = [];
    for (let n = 1; n <= 8; n++) {
      const run = await inserted(runs, { state: n === 2 ? 'running' : 'finished', createdAt: day(n) });
      await runs().checkpoint({ run, staged: [aStagedChange('g1')], members: { group: 'g', externalIds: ['g1'] } });
      made.push(run);
    }
    const other = await inserted(runs, { state: 'finished', source: 'microsoft', createdAt: day(1) });
    const keep = { before: day(7), newest: 3, runId: made[2]?.id ?? null };
    expect(await runs().prune(ORGANIZATION, 'google', keep, 1)).to.equal(1);
    expect(await runs().prune(ORGANIZATION, 'google', keep, 10)).to.equal(2);
    expect(await runs().prune(ORGANIZATION, 'google', keep, 10)).to.equal(0);
    expect(await runs().prune('organization-2', 'google', keep, 10)).to.equal(0);
    const left = (await runs().list(ORGANIZATION, null, 20)).items.map(({ id }) => id);
    expect(left).to.have.members([2, 3, 6, 7, 8].map((n) => made[n - 1]?.id).concat(other.id));
    for (const { id } of [made[0], made[3]] as Run[]) {
      expect(await runs().countStaged(id)).to.equal(0);
      expect(await runs().membersAmong(id, ['g1'])).to.deep.equal(new Map());
    }
    expect(await runs().countStaged(made[2]?.id ?? '')).to.equal(1);
  });

  it('lists the newest first, page by page', async () => {
    const made: Run[] = [];
    for (let n = 0; n < 5; n++) made.push(await inserted(runs, { state: 'finished' }));
    const newest = made.toReversed();
    const first = await runs().list(ORGANIZATION, null, 2);
    expect(first.items).to.deep.equal(newest.slice(0, 2));
    await inserted(runs, { state: 'finished' });
    const second = await runs().list(ORGANIZATION, first.next, 3);
    expect(second).to.deep.equal({ items: newest.slice(2), next: null });
  });

  it('knows the latest run of a source, and the unfinished ones of everybody that nobody holds', async () => {
    const google = await inserted(runs, { state: 'finished' });
    const microsoft = await inserted(runs, { source: 'microsoft', integrationId: 'integration-2' });
    const elsewhere = await inserted(runs, { organizationId: 'organization-2', state: 'running' });
    expect(await runs().latest(ORGANIZATION, 'google')).to.deep.equal(google);
    expect(await runs().latest('organization-2', 'microsoft')).to.equal(null);
    expect(await runs().unheld(10)).to.have.deep.members([microsoft, elsewhere]);
  });
}

/** A lease that runs out in a test, and one that does not. Stores that keep time themselves really wait. */
const SHORT_MS = 600;
const LONG_MS = 60_000;

function leaseContract(runs: () => RunStore, pass: (ms: number) => Promise<void>): void {
  const take = (run: Run, owner: string, ttlMs = LONG_MS) => runs().acquire(ORGANIZATION, run.id, owner, ttlMs);

  it('goes to one of twenty', async () => {
    const run = await inserted(runs);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => take(run, `worker-${n}`)));
    expect(taken.filter((lease) => lease !== null)).to.have.length(1);
  });

  it('is the owner’s to take again, under the same epoch', async () => {
    const run = await inserted(runs);
    const first = await take(run, 'worker-1');
    expect(first).to.deep.equal({ ...run, epoch: run.epoch + 1, starts: 1 });
    expect(await take(run, 'worker-1')).to.deep.equal(first);
    expect(await runs().get(ORGANIZATION, run.id)).to.deep.equal(first);
  });

  it('passes to another only when it ran out, and the epoch rises', async () => {
    const run = await inserted(runs);
    const first = await take(run, 'worker-1', SHORT_MS);
    await pass(SHORT_MS / 2);
    expect(await take(run, 'worker-2')).to.equal(null);
    await pass(SHORT_MS / 2);
    const second = await take(run, 'worker-2');
    expect(second?.epoch).to.equal((first?.epoch ?? 0) + 1);
    expect(await take(run, 'worker-1')).to.equal(null);
  });

  it('is prolonged by its owner until it is lost', async () => {
    const run = await inserted(runs);
    const epoch = (await take(run, 'worker-1', SHORT_MS))?.epoch ?? -1;
    const fence = { runId: run.id, epoch };
    await pass(SHORT_MS * 0.6);
    expect(await runs().renew(fence, 'worker-1', SHORT_MS)).to.equal(true);
    await pass(SHORT_MS * 0.6);
    expect(await take(run, 'worker-2')).to.equal(null);
    expect(await runs().renew(fence, 'worker-2', SHORT_MS)).to.equal(false);
    await pass(SHORT_MS * 0.6);
    await take(run, 'worker-2');
    expect(await runs().renew(fence, 'worker-1', SHORT_MS)).to.equal(false);
  });

  it('is free once given back, and the next taker gets a new epoch', async () => {
    const run = await inserted(runs);
    const epoch = (await take(run, 'worker-1'))?.epoch ?? -1;
    await runs().release({ runId: run.id, epoch }, 'worker-2');
    expect(await take(run, 'worker-2')).to.equal(null);
    await runs().release({ runId: run.id, epoch }, 'worker-1');
    expect((await take(run, 'worker-2'))?.epoch).to.equal(epoch + 1);
  });

  it('hides a run from those who look for unheld ones until it runs out or is given back', async () => {
    const run = await inserted(runs);
    const taken = await take(run, 'worker-1', SHORT_MS);
    expect(await runs().unheld(10)).to.deep.equal([]);
    await pass(SHORT_MS);
    expect(await runs().unheld(10)).to.deep.equal([taken]);
    const again = await take(run, 'worker-2');
    expect(await runs().unheld(10)).to.deep.equal([]);
    await runs().release(fenceOf(again as Run), 'worker-2');
    expect(await runs().unheld(10)).to.deep.equal([again]);
  });

  it('counts in a row the takings after which it was not given back', async () => {
    const run = await inserted(runs);
    for (const [owner, starts] of [
      ['worker-1', 1],
      ['worker-2', 2],
      ['worker-3', 3],
    ] as const) {
      expect((await take(run, owner, SHORT_MS))?.starts).to.equal(starts);
      await pass(SHORT_MS);
    }
    const taken = (await take(run, 'worker-4')) as Run;
    await runs().checkpoint({ run: { ...taken, cursor: 'token' } });
    expect((await runs().get(ORGANIZATION, run.id))?.starts).to.equal(4);
    await runs().release(fenceOf(taken), 'worker-4');
    expect((await take(run, 'worker-5'))?.starts).to.equal(1);
  });

  it('is nobody’s for a run that does not exist', async () => {
    expect(await runs().acquire(ORGANIZATION, 'nobody', 'worker-1', 1_000)).to.equal(null);
  });
}

function checkpointContract(runs: () => RunStore): void {
  it('finds what is staged for one person', async () => {
    const run = await inserted(runs, { state: 'running' });
    await runs().checkpoint({ run, staged: [aStagedChange('g1'), aStagedChange('g2')] });
    expect(await runs().stagedOf(run.id, 'g2')).to.deep.equal(aStagedChange('g2'));
    expect(await runs().stagedOf(run.id, 'g')).to.equal(null);
    expect(await runs().stagedOf('another', 'g2')).to.equal(null);
  });

  it('knows members of groups until they are forgotten, each once', async () => {
    const run = await inserted(runs, { state: 'running' });
    const sales = { group: 'sales', externalIds: ['g1', 'g2', 'g1'] };
    await runs().checkpoint({ run, members: sales });
    await runs().checkpoint({ run, members: sales });
    await runs().checkpoint({ run, members: { group: 'all/of us', externalIds: ['g2', 'g3'] } });
    const asked = await runs().membersAmong(run.id, ['g1', 'g2', 'g9']);
    expect([...asked].toSorted()).to.deep.equal([
      ['g1', ['sales']],
      ['g2', ['all/of us', 'sales']],
    ]);
    expect(await runs().membersAmong('another', ['g1'])).to.deep.equal(new Map());
    await runs().checkpoint({ run, members: { group: 'anew', externalIds: ['g3'] }, forget: true });
    expect(await runs().membersAmong(run.id, ['g1', 'g2', 'g3'])).to.deep.equal(new Map([['g3', ['anew']]]));
    await runs().checkpoint({ run, forget: true });
    expect(await runs().membersAmong(run.id, ['g1', 'g2', 'g3'])).to.deep.equal(new Map());
  });

  for (const state of ['finished', 'held', 'failed', 'superseded'] as const)
    it(`forgets members of groups when the run ends ${state}, and nothing else`, async () => {
      const run = await inserted(runs, { state: 'running' });
      const members = { group: 'sales', externalIds: ['g1'] };
      await runs().checkpoint({ run, members, staged: [aStagedChange('g1')] });
      await runs().checkpoint({ run: { ...run, state } });
      expect(await runs().membersAmong(run.id, ['g1'])).to.deep.equal(new Map());
      expect(await runs().countStaged(run.id)).to.equal(1);
    });

  it('shows no members that a former holder of the lease has read', async () => {
    const run = await inserted(runs, { state: 'running' });
    const next = (await runs().acquire(ORGANIZATION, run.id, 'worker-1', 1_000)) as Run;
    const late = { run, members: { group: 'sales', externalIds: ['g1'] } };
    await refused(runs().checkpoint(late), 'superseded');
    await runs().checkpoint({ run: next, members: { group: 'sales', externalIds: ['g2'] } });
    const shown = await runs().membersAmong(run.id, ['g1', 'g2']);
    expect(shown).to.deep.equal(new Map([['g2', ['sales']]]));
  });

  it('counts the members of each group whom no page has shown', async () => {
    const run = await inserted(runs, { state: 'running' });
    await runs().checkpoint({ run, members: { group: 'sales', externalIds: ['g1', 'x1', 'x2', 'x1'] } });
    await runs().checkpoint({ run, members: { group: 'all/of us', externalIds: ['g1', 'g2', 'g3', 'x1'] } });
    await runs().checkpoint({ run, members: { group: 'own', externalIds: ['g2'] } });
    expect(await runs().countStrangers('another')).to.deep.equal(new Map());
    await runs().checkpoint({ run, presence: { page: 1, externalIds: ['g1', 'g2'] } });
    await runs().checkpoint({ run, presence: { page: 2, externalIds: ['g3', 'g4'] } });
    expect([...(await runs().countStrangers(run.id))].toSorted()).to.deep.equal([
      ['all/of us', 1],
      ['sales', 2],
    ]);
    await runs().markPresent({ runId: run.id, epoch: run.epoch }, ['x1']);
    expect(await runs().countStrangers(run.id)).to.deep.equal(new Map([['sales', 1]]));
  });

  it('stores the run as it now stands', async () => {
    const run = await inserted(runs);
    const next: Run = { ...run, state: 'running', cursor: 'token', counts: { ...run.counts, pages: 1 } };
    await runs().checkpoint({ run: next });
    expect(await runs().get(ORGANIZATION, run.id)).to.deep.equal(next);
  });

  it('stores nothing for a former holder of the lease', async () => {
    const run = await inserted(runs);
    const taken = await runs().acquire(ORGANIZATION, run.id, 'worker-1', 1_000);
    const late = { run: { ...run, cursor: 'late' }, staged: [aStagedChange('g1')] };
    await refused(runs().checkpoint(late), 'superseded');
    expect(await runs().get(ORGANIZATION, run.id)).to.deep.equal(taken);
    expect(await runs().countStaged(run.id)).to.equal(0);
  });

  it('stages changes, each person once, in the order of keys', async () => {
    const run = await inserted(runs);
    await runs().checkpoint({ run, staged: ['g3', 'g1'].map((key) => aStagedChange(key)) });
    const latest = aStagedChange('g1', { harms: ['inactive'], person: '{}' });
    await runs().checkpoint({ run, staged: [latest, aStagedChange('g2')] });
    expect(await runs().countStaged(run.id)).to.equal(3);
    expect(await runs().staged(run.id, null, 2)).to.deep.equal([latest, aStagedChange('g2')]);
    expect(await runs().staged(run.id, 'g2', 2)).to.deep.equal([aStagedChange('g3')]);
    await runs().unstage(fenceOf(run), ['g1', 'g3', 'nobody']);
    expect(await runs().staged(run.id, null, 10)).to.deep.equal([aStagedChange('g2')]);
    await runs().checkpoint({ run, forget: true });
    expect(await runs().countStaged(run.id)).to.equal(0);
  });

  it('forgets what was staged before, and keeps what comes with it', async () => {
    const run = await inserted(runs);
    await runs().checkpoint({ run, staged: [aStagedChange('g1')] });
    await runs().checkpoint({ run, staged: [aStagedChange('g2')], forget: true });
    expect(await runs().staged(run.id, null, 10)).to.deep.equal([aStagedChange('g2')]);
  });

  it('forgets and marks nothing for a former holder of the lease', async () => {
    const run = await inserted(runs);
    await runs().checkpoint({ run, staged: [aStagedChange('g1')] });
    await runs().acquire(ORGANIZATION, run.id, 'worker-1', 1_000);
    await refused(runs().unstage(fenceOf(run), ['g1']), 'superseded');
    await refused(runs().markPresent(fenceOf(run), ['g1']), 'superseded');
    await refused(runs().checkpoint({ run, forget: true }), 'superseded');
    expect(await runs().staged(run.id, null, 10)).to.deep.equal([aStagedChange('g1')]);
  });

  it('keeps what runs stage apart', async () => {
    const one = await inserted(runs, { state: 'finished' });
    const two = await inserted(runs);
    await runs().checkpoint({ run: one, staged: [aStagedChange('g1')] });
    await runs().checkpoint({ run: two, staged: [aStagedChange('g2')] });
    await runs().checkpoint({ run: two, forget: true });
    expect(await runs().staged(one.id, null, 10)).to.deep.equal([aStagedChange('g1')]);
  });
}
