import type { EventType, UserEvent } from './event.ts';
import { groupChangesIn } from './group-change.ts';
import type { Json } from './json.ts';
import { sameJson } from './json.ts';
import type { Effect } from './lifecycle.ts';
import { replacementIn } from './replacement.ts';
import type { Actor, Status, User } from './user.ts';

const TYPE_OF_STATUS: Readonly<Record<Status, EventType>> = {
  unprovisioned: 'user.unprovisioned',
  active: 'user.activated',
  deactivated: 'user.deactivated',
  terminated: 'user.terminated',
};

/**
 * The events a change of a person publishes: one when something others can see changed, none when only records did.
 */
export function userEvents(before: User, after: User, effects: readonly Effect[], by: Actor): readonly UserEvent[] {
  const changes = visibleChanges(before, after);
  if (before.version > 0 && Object.keys(changes).length === 0) return [];
  const { id: userId, organizationId, updatedAt: at } = after;
  const id = `${userId}:${before.eventCount + 1}`;
  return [{ id, organizationId, userId, type: typeOf(before, after), at, by, changes, effects }];
}

function typeOf(before: User, after: User): EventType {
  if (before.version === 0) return 'user.created';
  if (before.status !== after.status) return TYPE_OF_STATUS[after.status];
  if (replacementIn(before, after)) return 'interview.reassigned';
  if (Boolean(before.block) === Boolean(after.block)) return 'user.updated';
  return after.block ? 'user.blocked' : 'user.unblocked';
}

/** Attribute → [before, after] of everything a reader of the person can see. */
export function visibleChanges(before: User, after: User): UserEvent['changes'] {
  const changes: { [name: string]: readonly [Json, Json] } = {};
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
  for (const name of names) note(changes, name, before.attributes[name] ?? null, after.attributes[name] ?? null);
  note(changes, 'status', before.status, after.status);
  note(changes, 'email', before.email, after.email);
  note(changes, 'kind', before.kind, after.kind);
  note(changes, 'agencyId', before.agencyId ?? null, after.agencyId ?? null);
  note(changes, 'access', before.access as unknown as Json, after.access as unknown as Json);
  note(changes, 'interview', ...(replacementIn(before, after) ?? [null, null]));
  for (const [name, from, to] of groupChangesIn(before, after)) note(changes, name, from, to);
  note(changes, 'block', (before.block ?? null) as unknown as Json, (after.block ?? null) as unknown as Json);
  return changes;
}

function note(changes: { [name: string]: readonly [Json, Json] }, name: string, from: Json, to: Json): void {
  if (!sameJson(from, to)) changes[name] = [from, to];
}
