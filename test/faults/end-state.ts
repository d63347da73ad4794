import type { UserEvent } from '../../src/core/event.ts';
import type { SourceRecord, User } from '../../src/core/user.ts';
import type { Stores } from '../../src/ports/stores.ts';

const ALL = 1_000;

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
