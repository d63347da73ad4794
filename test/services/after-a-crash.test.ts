import { expect } from 'chai';
import type { Run } from '../../src/core/run.ts';
import type { User } from '../../src/core/user.ts';
import { DirectoryError } from '../../src/ports/directory.ts';
import { retryFreeAddresses } from '../../src/services/reconcile.ts';
import { syncStep } from '../../src/services/sync-step.ts';
import { aRun } from '../fixtures/runs.ts';
import { listed, openTenant, type Tenant } from './tenant.ts';

const ADA = 'ada@example.com';
const LONG_MS = 3_600_000;

describe('what a process that died left between two writes', () => {
  let tenant: Tenant;
  let holder: User;
  let waiting: User;

  /** Google says that Bob now has Ada's address, which she still has. */
  beforeEach(async () => {
    tenant = await openTenant();
    await tenant.set({ google: { syncUsers: true } });
    await tenant.page([listed('g1', ADA), listed('g2', 'bob@example.com')]);
    await tenant.page([listed('g2', ADA)]);
    holder = (await tenant.byEmail(ADA)) as User;
    waiting = (await tenant.byEmail('bob@example.com')) as User;
    expect(waiting.heldEmail).to.include({ wanted: ADA, reason: 'taken' });
  });
  afterEach(() => tenant.stores.close());

  const addressOf = async ({ id }: User) => (await tenant.user(id)).email;

  /** As if the process had died right after that write. */
  async function releaseUnheard(): Promise<void> {
    const user = { ...holder, email: null, version: holder.version + 1 };
    await tenant.stores.users.save({ user, events: [] });
    expect(await addressOf(waiting)).to.equal('bob@example.com');
  }

  it('is a conflict nobody opened: the next page that shows the person opens it, once', async () => {
    await tenant.stores.conflicts.resolveOf(tenant.id, waiting.id, ['email_taken'], holder.updatedAt);
    expect(await tenant.openConflicts()).to.deep.equal([]);
    for (let time = 0; time < 2; time++) await tenant.page([listed('g2', ADA)]);
    const conflicts = await tenant.openConflicts();
    expect(conflicts.map(({ kind, userId }) => [kind, userId])).to.deep.equal([['email_taken', waiting.id]]);
    expect((await tenant.user(waiting.id)).version).to.equal(waiting.version);
  });

  it('is an address nobody was told of: whoever waits gets it when unfinished work is looked for', async () => {
    await retryFreeAddresses(tenant.deps);
    expect(await addressOf(waiting)).to.equal('bob@example.com');
    await releaseUnheard();
    await retryFreeAddresses(tenant.deps);
    expect(await addressOf(waiting)).to.equal(ADA);
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('is an address nobody was told of: the next page that shows who waits gives it to them', async () => {
    await releaseUnheard();
    await tenant.page([listed('g2', ADA)]);
    expect(await addressOf(waiting)).to.equal(ADA);
  });
});

describe('a run whose worker is gone', () => {
  const RUN = 'run-of-many';
  let tenant: Tenant;

  /** A run that waits, after one that set everything up. */
  beforeEach(async () => {
    tenant = await openTenant();
    await tenant.set({ google: { syncUsers: true } });
    tenant.listing.people = [listed('g1', ADA)];
    const { integrationId, pins } = await tenant.sync();
    await tenant.stores.runs.insert(aRun({ id: RUN, organizationId: tenant.id, integrationId, pins }));
  });
  afterEach(() => tenant.stores.close());

  const run = () => tenant.stores.runs.get(tenant.id, RUN);
  const step = () => syncStep(tenant.deps, tenant.id, RUN);
  /** Takes the run from a worker that has not been heard of for long. */
  const take = (owner: string) => {
    tenant.clock.advance(LONG_MS);
    return tenant.stores.runs.acquire(tenant.id, RUN, owner, LONG_MS);
  };

  it('is not touched by a step that fails after another worker took it', async () => {
    const directory = tenant.deps.directories.openGoogle('', NOBODY);
    let taken = await run();
    const readPage = async () => {
      taken = await take('another worker');
      throw new DirectoryError('config', 'the key was withdrawn');
    };
    Object.assign(tenant.deps.directories, { openGoogle: () => ({ ...directory, readPage }) });
    await step();
    expect(taken).to.include({ state: 'running', epoch: 2 });
    expect(await run()).to.deep.equal(taken);
  });

  it('is given up when three workers in a row died over it', async () => {
    for (const owner of ['first', 'second', 'third']) await take(owner);
    tenant.clock.advance(LONG_MS);
    await step();
    const ended = await run();
    expect(ended?.state).to.equal('failed');
    expect(ended?.reasons.map(({ code }) => code)).to.deep.equal(['crashed']);
  });

  it('goes on when two workers in a row died over it', async () => {
    for (const owner of ['first', 'second']) await take(owner);
    tenant.clock.advance(LONG_MS);
    await step();
    expect(await run()).to.include({ state: 'running', phase: 'checking' });
  });

  it('waits for its time, whoever asks', async () => {
    const waits = { ...((await run()) as Run), notBefore: new Date(tenant.clock.now() + LONG_MS).toISOString() };
    await tenant.stores.runs.checkpoint({ run: waits });
    await step();
    expect(await run()).to.include({ state: 'queued' });
    tenant.clock.advance(LONG_MS);
    await step();
    expect(await run()).to.include({ state: 'running' });
  });
});

const NOBODY = { clientEmail: '', privateKey: '', privateKeyId: null, subject: '' };
