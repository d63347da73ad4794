import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { ARCHIVE_KINDS, type ArchiveStore, type Shelf } from '../../src/ports/archive.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { migrateStore } from '../../src/services/migrate-store.ts';
import { aClock } from '../fixtures/clock.ts';
import { anEvent } from '../fixtures/events.ts';
import { anOrganization } from '../fixtures/organizations.ts';
import { fillRichly, GOING, OTHER_ORGANIZATION } from '../fixtures/rich-store.ts';
import { aRun } from '../fixtures/runs.ts';
import { changed, ORGANIZATION } from '../fixtures/users.ts';
import { everythingReadable, pages } from './everything-readable.ts';
import { type OpenStores, refused } from './open-stores.ts';

const SOURCE = 'the store before';

export function moveArchive(from: ArchiveStore, to: ArchiveStore, source = SOURCE) {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  return migrateStore({ from, to, source, clock: aClock(), hash, onProgress: () => {} });
}

/** What moving promises from a store of one kind into a store of another (or the same) kind. */
export function archiveContract(openSource: OpenStores, openTarget: OpenStores): void {
  const clock = aClock();
  const opened: Stores[] = [];
  let source: Stores;
  let target: Stores;

  async function open(openStores: OpenStores): Promise<Stores> {
    const stores = await openStores(clock);
    opened.push(stores);
    return stores;
  }
  async function filled(): Promise<Stores> {
    const stores = await openSource(clock);
    await fillRichly(stores);
    clock.advance(60_000);
    return stores;
  }
  // Moving reads it only.
  before(async () => {
    source = await filled();
  });
  after(() => source.close());
  beforeEach(async () => {
    target = await open(openTarget);
  });
  afterEach(async () => {
    for (const stores of opened.splice(0)) await stores.close();
  });

  it('carries everything: every read of every port answers the same afterwards', async () => {
    const before = await everythingReadable(source);
    const { kinds } = await moveArchive(source.archive, target.archive);
    expect(kinds.filter(({ count }) => count === 0)).to.deep.equal([]);
    const after = await everythingReadable(target);
    expect([...after.keys()]).to.deep.equal([...before.keys()]);
    for (const [name, answer] of before) expect(after.get(name), name).to.deep.equal(answer);
    expect(await everythingReadable(source)).to.deep.equal(before);
  });

  it('publishes what waited, in order, under the next numbers, and nothing twice', async () => {
    await moveArchive(source.archive, target.archive);
    const published = await source.events.list(ORGANIZATION, 0, 10_000);
    const elsewhere = await source.events.list(OTHER_ORGANIZATION, 0, 10_000);
    const [first] = published;
    if (!first) throw new Error('nothing was published');
    await target.events.add(first);
    const waiting = await target.events.pending();
    while ((await target.events.relay(1_000)) > 0);
    const feed = await target.events.list(ORGANIZATION, 0, 10_000);
    const others = await target.events.list(OTHER_ORGANIZATION, 0, 10_000);
    expect(feed.slice(0, published.length)).to.deep.equal(published);
    expect(feed.map(({ sequence }) => sequence)).to.deep.equal(feed.map((_, index) => index + 1));
    expect(new Set(feed.map(({ id }) => id))).to.have.property('size', feed.length);
    expect(others.map(({ id }) => id.replace(/^.*:/, ''))).to.deep.equal(['1', '2', '3']);
    expect(feed.length + others.length).to.equal(published.length + elsewhere.length + waiting);
  });

  it('lets people be written on from the version they had', async () => {
    await moveArchive(source.archive, target.archive);
    const { items } = await target.users.list(ORGANIZATION, null, null, 60);
    for (const user of items.slice(0, 3)) {
      await refused(target.users.save({ user, events: [] }), 'stale');
      const next = changed(user, { eventCount: user.eventCount + 1, status: 'terminated' });
      await target.users.save({ user: next, events: [anEvent(user, next.eventCount)] });
      expect(await target.users.get(ORGANIZATION, user.id)).to.deep.equal(next);
    }
    const holder = items.find(({ email }) => email !== null);
    const rival = items.find(({ id }) => id !== holder?.id && id !== items[0]?.id);
    if (!holder || !rival) throw new Error('nobody has an address');
    const claims = { user: changed(await there(target, rival.id), { email: holder.email }), events: [] };
    expect(await refused(target.users.save(claims), 'email_taken')).to.deep.equal({ userId: holder.id });
  });

  it('leaves a run that goes on to whoever takes it up, under the next epoch', async () => {
    const before = await source.runs.get(ORGANIZATION, GOING);
    await moveArchive(source.archive, target.archive);
    const { runs } = target;
    expect(await refused(runs.insert(aRun()), 'run_in_progress')).to.deep.equal({ runId: GOING });
    const taken = await runs.acquire(ORGANIZATION, GOING, 'worker-2', 60_000);
    expect(taken?.epoch).to.equal((before?.epoch ?? 0) + 1);
    await runs.markPresent({ runId: GOING, epoch: taken?.epoch ?? 0 }, ['g7']);
    const missing = await target.users.scanMissing(ORGANIZATION, 'google', GOING, null, 1_000);
    expect(missing.map(({ externalId }) => externalId)).not.to.include.members(['g0', 'g4', 'g5', 'g7']);
  });

  it('goes on where it was broken off, wherever that was, and ends the same', async () => {
    const before = await everythingReadable(source);
    for (let breaks = 0; ; breaks++) {
      if (breaks > 100) throw new Error('it never ended');
      const writes = { left: 1 + (breaks % 3), lostAnswer: breaks % 2 === 0 };
      const outcome = await moveArchive(source.archive, breaking(target.archive, writes)).catch(brokenOff);
      if (!outcome) continue;
      expect(breaks).to.be.above(5);
      expect(outcome.resumed || outcome.finishedEarlierAt !== null).to.equal(true);
      break;
    }
    expect(await everythingReadable(target)).to.deep.equal(before);
  });

  it('is done once: asked for again it says so and changes nothing', async () => {
    const { kinds } = await moveArchive(source.archive, target.archive);
    await target.organizations.insert(anOrganization({ id: 'organization-3' }));
    const again = await moveArchive(source.archive, target.archive);
    expect(again).to.deep.equal({ resumed: false, finishedEarlierAt: '2026-01-01T00:00:00.000Z', kinds: [] });
    expect(kinds.map(({ kind }) => kind)).to.deep.equal(ARCHIVE_KINDS);
  });

  it('refuses a target that holds anything, and writes nothing', async () => {
    await target.events.add(anEvent({ id: 'alert', organizationId: ORGANIZATION }, 1));
    await refused(moveArchive(source.archive, target.archive), 'invalid');
    expect(await target.archive.move()).to.equal(null);
    expect(await target.organizations.count()).to.equal(0);
  });

  it('refuses the unfinished copy of another store, as a target and as a source', async () => {
    await moveArchive(source.archive, breaking(target.archive, { left: 2, lostAnswer: false })).catch(brokenOff);
    const move = await target.archive.move();
    await refused(moveArchive(source.archive, target.archive, 'another store'), 'invalid');
    expect(await target.archive.move()).to.deep.equal(move);
    const third = await open(openSource);
    await refused(moveArchive(target.archive, third.archive), 'invalid');
    expect(await third.archive.move()).to.equal(null);
  });

  it('says what differs when the source was written to meanwhile, and stays unfinished', async () => {
    const written = await filled();
    opened.push(written);
    const halfOfThem = 2 * ARCHIVE_KINDS.indexOf('people') + 3;
    await moveArchive(written.archive, breaking(target.archive, { left: halfOfThem, lostAnswer: false })).catch(
      brokenOff,
    );
    const { items } = await written.users.list(ORGANIZATION, null, null, 1);
    for (const user of items) await written.users.save({ user: changed(user, { status: 'terminated' }), events: [] });
    const { different } = await refused(moveArchive(written.archive, target.archive), 'stale');
    expect(different).to.have.length(1);
    expect(different).to.match(/^people/);
    expect(await target.archive.move()).to.include({ finishedAt: null });
  });

  it('reads all entries of a kind once, whatever the size of a page', async () => {
    for (const kind of ARCHIVE_KINDS) {
      const shelf: Shelf<unknown> = source.archive.shelf(kind);
      const whole = await shelf.read(null, 10_000);
      expect(whole.items, kind).to.have.length(await shelf.count());
      expect(whole.next, kind).to.equal(null);
      for (const limit of [whole.items.length > 100 ? 17 : 1, whole.items.length])
        expect(await pages((cursor) => shelf.read(cursor, limit)), `${kind} by ${limit}`).to.deep.equal(whole.items);
    }
  });

  it('writes what is there already without changing it', async () => {
    await moveArchive(source.archive, target.archive);
    const before = await everythingReadable(target);
    for (const kind of ARCHIVE_KINDS) {
      const shelf: Shelf<unknown> = target.archive.shelf(kind);
      await shelf.write((await shelf.read(null, 10_000)).items);
    }
    expect(await everythingReadable(target)).to.deep.equal(before);
  });
}

async function there({ users }: Stores, id: string) {
  const user = await users.get(ORGANIZATION, id);
  if (!user) throw new Error(`${id} is not there`);
  return user;
}

class BrokenOff extends Error {}

function brokenOff(error: unknown): null {
  if (error instanceof BrokenOff) return null;
  throw error;
}

/** An archive that takes some writes and then breaks: before the write, or after it when the answer gets lost. */
function breaking(archive: ArchiveStore, rest: { left: number; readonly lostAnswer: boolean }): ArchiveStore {
  async function perhaps(write: () => Promise<void>): Promise<void> {
    rest.left -= 1;
    if (rest.left < 0 || (rest.left === 0 && rest.lostAnswer)) {
      if (rest.left === 0) await write();
      throw new BrokenOff();
    }
    await write();
  }
  return {
    ...archive,
    setMove: (move) => perhaps(() => archive.setMove(move)),
    shelf(kind) {
      const shelf = archive.shelf(kind);
      return { ...shelf, write: (entries) => perhaps(() => shelf.write(entries)) };
    },
  };
}
