import {
  alarmEnd,
  alarmInForce,
  clearedWatch,
  type DeactivationAlarm,
  type DeactivationWatch,
  freshWatch,
  needsBase,
  recentCount,
  withDeactivation,
} from '../core/deactivation-watch.ts';
import { AppError, isAppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { scimView } from '../core/scim-view.ts';
import { recordOf, type User } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import type { ScimCaller } from './scim-assertion.ts';

/** Whether a write by a connection makes somebody it saw as active disabled. */
export function isDeactivation({ connectionId }: ScimCaller, before: User, after: User): boolean {
  return scimView(before).active && recordOf(after, 'scim', connectionId)?.enabled === false;
}

/**
 * Refuses a write that would deactivate somebody while too many were deactivated, when the organization wants that: throws
 * `deactivations_halted` with the seconds until it may be tried again. What the write would do is asked only while an alarm is in force.
 */
export async function refuseHalted(
  deps: WriteDependencies,
  { settings }: Organization,
  caller: ScimCaller,
  wouldDeactivate: () => boolean,
): Promise<void> {
  if (!settings.scim.haltMassDeactivations) return;
  const watch = await readWatch(deps, caller);
  const alarm = alarmInForce(watch, deps.clock.now());
  if (!alarm || !wouldDeactivate()) return;
  throw new AppError(
    'deactivations_halted',
    `this connection deactivated ${alarm.deactivations} users within ten minutes; more wait until an administrator has looked`,
    { retryAfter: Math.ceil((alarmEnd(alarm) - deps.clock.now()) / 1_000) },
  );
}

/**
 * Counts a deactivation by a connection, and raises the alarm (an event in the feed and a warning in the log, once in ten minutes)
 * when there are too many. In the store, so that it holds over processes and restarts.
 */
export async function noteDeactivation(deps: WriteDependencies, caller: ScimCaller, user: User): Promise<void> {
  const key = `deactivations ${caller.connectionId}`;
  const note = () => revise(deps, caller, (watch) => counted(deps, caller, watch));
  const watch = await (deps.inTurn ? deps.inTurn(key, note) : note());
  const alarm = alarmInForce(watch, deps.clock.now());
  if (!alarm) return;
  await raise(deps, caller, user, alarm);
  const { organizationId, connectionId } = caller;
  const { deactivations, limit } = alarm;
  if (recentCount(watch, deps.clock.now()) === deactivations)
    deps.logger.warn(
      { organizationId, connectionId, deactivations, limit },
      'a SCIM connection deactivates many people',
    );
}

/** Ends an alarm before its time. Nothing is written where there is nothing to end. */
export async function clearDeactivations(deps: WriteDependencies, caller: ScimCaller): Promise<void> {
  await revise(deps, caller, async (watch) =>
    watch.counts.length === 0 && !watch.alarm ? watch : clearedWatch(watch),
  );
}

/** What is known of a connection's deactivations. */
export async function readWatch(
  { stores }: Pick<WriteDependencies, 'stores'>,
  { organizationId, connectionId }: ScimCaller,
): Promise<DeactivationWatch> {
  return (await stores.watches.get(organizationId, connectionId)) ?? freshWatch(organizationId, connectionId);
}

async function counted(deps: WriteDependencies, caller: ScimCaller, watch: DeactivationWatch) {
  const now = deps.clock.now();
  const active = needsBase(watch, now) ? await countActive(deps, caller) : null;
  return withDeactivation(watch, now, active);
}

/** Active people the connection sees: its own, and those it could take over. */
async function countActive({ stores }: WriteDependencies, caller: ScimCaller): Promise<number> {
  const condition = { field: 'active', op: 'eq', value: true } as const;
  return (await stores.users.listForScim({ ...caller, condition, from: { offset: 0 }, limit: 0 })).total;
}

async function revise(
  deps: WriteDependencies,
  caller: ScimCaller,
  make: (watch: DeactivationWatch) => Promise<DeactivationWatch>,
): Promise<DeactivationWatch> {
  for (;;) {
    const watch = await readWatch(deps, caller);
    const next = await make(watch);
    if (next === watch) return watch;
    try {
      await deps.stores.watches.save(next);
      return next;
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
}

/** Said again by every deactivation that follows, under the same id: the one who raised it may have died before it said so. */
async function raise(
  { stores, onEvents }: WriteDependencies,
  { organizationId, connectionId }: ScimCaller,
  { id: userId }: User,
  { at, deactivations, limit }: DeactivationAlarm,
): Promise<void> {
  await stores.events.add({
    id: `${connectionId}:alert:${at}`,
    organizationId,
    userId,
    type: 'alert.scim_deactivations',
    at,
    by: { kind: 'connection', id: connectionId },
    changes: { deactivations: [limit, deactivations] },
    effects: [],
  });
  onEvents();
}
