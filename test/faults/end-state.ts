import PQueue from 'p-queue';
import type { UserEvent } from '../../src/core/event.ts';
import type { SourceRecord, User } from '../../src/core/user.ts';
import type { Stores } from '../../src/ports/stores.ts';

const ALL = 1_000;
const READS_AT_ONCE = 8;

/** Everything stored of an organization that a run may touch, exactly as it is, to tell whether anything moved. */
export async function everythingOf({ users, conflicts, events, runs }: Stores, organizationId: string, runId: string) {
  const run = await runs.get(organizationId, runId);
  return {
    users: (await users.list(organizationId, null, null, ALL)).items,
    conflicts: (await conflicts.list(organizationId, null, null, ALL)).items,
    events: await events.list(organizationId, 0, ALL),
    run,
    staged: await runs.countStaged(runId),
    missing: (await users.scanMissing(organizationId, 'google', runId, null, ALL)).map(({ externalId }) => externalId),
  };
}

/** What a run has come to, told without ids, versions and times: equal for runs that did the same. */
export async function endStateOf(stores: Stores, organizationId: string, runId: string) {
  const { users, conflicts, events, run, staged } = await everythingOf(stores, organizationId, runId);
  return {
    users: users.map((user) => personOf(user, events)).toSorted(byText),
    conflicts: conflicts
      .map(({ kind, state, source, email, externalId, message }) => ({
        kind,
        state,
        source,
        email,
        externalId,
        message,
      }))
      .toSorted(byText),
    run: { kind: run?.kind, state: run?.state, phase: run?.phase, pages: run?.counts.pages, seen: run?.counts.seen },
    staged,
  };
}

/** Everybody of an organization as work on many people leaves them: with their events and their history. */
export async function peopleOf({ users, events, history }: Stores, organizationId: string) {
  const everybody: User[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof users.list>> = await users.list(organizationId, null, cursor, ALL);
    everybody.push(...page.items);
    cursor = page.next;
    if (cursor === null) break;
  }
  const feed: UserEvent[] = [];
  for (let more = true; more; ) {
    const page = await events.list(organizationId, feed.length, ALL);
    feed.push(...page);
    more = page.length === ALL;
  }
  const byUser = Map.groupBy(feed, ({ userId }) => userId);
  const people = everybody.map((user) => async () => {
    const entries = await history.list(organizationId, user.id, null, ALL);
    return {
      ...personOf(user, byUser.get(user.id) ?? []),
      version: user.version,
      history: entries.map(({ rows, version, by: { kind, importId, bulkId } }) => ({
        rows,
        version,
        kind,
        isOfImport: importId !== undefined,
        isOfBulk: bulkId !== undefined,
      })),
    };
  });
  return (await new PQueue({ concurrency: READS_AT_ONCE }).addAll(people)).toSorted(byText);
}

function personOf(user: User, events: readonly UserEvent[]) {
  const { id, email, status, kind, attributes, access, heldEmail, eventCount } = user;
  const mine = events.filter(({ userId }) => userId === id);
  return {
    email,
    status,
    kind,
    attributes,
    access,
    heldEmail,
    records: user.records.map(recordOf).toSorted(byText),
    eventsAreWhole: mine.map((event) => event.id).join() === numbered(id, eventCount),
    events: mine.map(({ type, changes, effects }) => ({ type, changes, effects })),
  };
}

const numbered = (id: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${id}:${index + 1}`).join();

function recordOf({ source, externalId, attributes, email, enabled, directory }: SourceRecord) {
  const { activity, granted, present, hash } = directory ?? {};
  return { source, externalId, attributes, email, enabled, activity, granted, present, hash };
}

const byText = (left: object, right: object): number => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);
