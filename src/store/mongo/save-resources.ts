import { randomUUID } from 'node:crypto';
import { AppError, isAppError, stale } from '../../core/errors.ts';
import { type MemberChange, settledMembers } from '../../core/scim-resource.ts';
import { type Clock, timestamp } from '../../ports/clock.ts';
import type { ResourceChange, ResourceSpace, ResourceStore } from '../../ports/resource-store.ts';
import { applyPending, type PendingGroup } from './apply-pending.ts';
import { duplicateIndex, isOutage } from './mongo-errors.ts';
import type { PendingChange } from './pending-change.ts';
import {
  LIVING_FIELDS,
  livingFields,
  OPTIONAL_FIELDS,
  type ResourceCollections,
  type ResourceRow,
  resourceKey,
  spaceKey,
} from './resource-schema.ts';
import { certainly, insistently } from './unknown-results.ts';

/** How often somebody else may be in the way: with a change not done yet, or with a name that is free when one looks. */
const TRIES = 20;
/** No writer leaves a change undone for so long and lives. */
const PATIENCE_MS = 60_000;

const HEAD = { version: 1, space: 1, removedFrom: 1, id: 1, pending: 1, writeId: 1 };

type Head = PendingGroup & Pick<ResourceRow, 'version' | 'writeId'>;

/** The writes. A change of members is written down in the resource, by the one write that decides, and then done to the rows. */
export function createSaveResources(
  collections: ResourceCollections,
  clock: Clock,
): Pick<ResourceStore, 'save' | 'remove' | 'repair'> {
  const { resources } = collections;
  const headOf = (_id: string): Promise<Head | null> =>
    insistently(() => resources.findOne<Head>({ _id }, { projection: HEAD }));

  async function isOurs(_id: string, writeId: string): Promise<true | null> {
    return (await resources.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null;
  }

  /** Updates the resource if it still is at the version, having finished what others left undone; false when it is not. */
  async function swap(_id: string, version: number, writeId: string, update: object): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const done = await certainly<true>({
        async attempt() {
          const base = { _id, version, space: { $exists: true }, 'pending.at': { $exists: false } };
          return (await resources.updateOne(base, update)).matchedCount === 1 ? true : null;
        },
        recall: () => isOurs(_id, writeId),
      });
      if (done) return true;
      const head = await headOf(_id);
      if (!head?.space || head.version !== version) return false;
      await applyPending(collections, head);
    }
    throw contended();
  }

  async function insert(row: ResourceRow): Promise<boolean> {
    const done = await certainly<true>({
      attempt: () => resources.insertOne(row).then(() => true),
      recall: () => isOurs(row._id, row.writeId),
    });
    return done === true;
  }

  /** What a refused name means: stale, somebody else's name (thrown), or that this very write had been done (true). */
  async function explain(_id: string, writeId: string, version: number, space: string, claims: readonly string[]) {
    const head = await headOf(_id);
    if (head?.writeId === writeId) return true;
    if ((head?.version ?? 0) !== version - 1) throw stale('this resource');
    const query = { space, claims: { $in: [...claims] }, _id: { $ne: _id } };
    const holder = await resources.findOne(query, { projection: { id: 1 } });
    if (holder) throw nameTaken(holder.id);
    return false;
  }

  async function write(change: ResourceChange, pending: PendingChange | null): Promise<void> {
    const { resource, claims } = change;
    const space = spaceKey(resource);
    const _id = resourceKey(space, resource.id);
    const writeId = randomUUID();
    const fields = { ...livingFields(resource, claims), writeId, ...(pending ? { pending } : {}) };
    const absent = OPTIONAL_FIELDS.filter((field) => fields[field] === undefined).map((field) => [field, '']);
    const update = { $set: fields, ...(absent.length > 0 ? { $unset: Object.fromEntries(absent) } : {}) };
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        const isNew = resource.version === 1;
        const done = await (isNew
          ? insert({ _id, id: resource.id, ...fields })
          : swap(_id, resource.version - 1, writeId, update));
        if (done) return;
        throw stale('this resource');
      } catch (error) {
        if (duplicateIndex(error) === null) throw error;
        if (await explain(_id, writeId, resource.version, space, claims)) return;
      }
    }
    throw contended();
  }

  /** What is written down will be done, by the next writer or the repair: an outage now takes nothing back. */
  async function finish(row: PendingGroup): Promise<void> {
    try {
      await applyPending(collections, row);
    } catch (error) {
      if (!isOutage(error) && !isAppError(error, 'unavailable')) throw error;
    }
  }

  async function save(change: ResourceChange): Promise<void> {
    const { resource, members } = change;
    const pending = members ? pendingOf(members, resource.version, timestamp(clock)) : null;
    await write(change, pending);
    const space = spaceKey(resource);
    if (pending) await finish({ _id: resourceKey(space, resource.id), space, id: resource.id, pending });
  }

  async function remove(place: ResourceSpace, id: string, wanted: number | undefined): Promise<boolean> {
    const removedFrom = spaceKey(place);
    const _id = resourceKey(removedFrom, id);
    for (let tries = 0; tries < TRIES; tries++) {
      const head = await headOf(_id);
      if (!head?.space) return false;
      if (wanted !== undefined && wanted !== head.version) throw stale('this resource');
      const version = head.version + 1;
      const everybody = { replace: true, add: [], remove: [] };
      const pending = { ...everybody, at: timestamp(clock), version };
      const writeId = randomUUID();
      const update = { $set: { version, writeId, removedFrom, pending }, $unset: GONE };
      if (!(await swap(_id, head.version, writeId, update))) continue;
      await finish({ _id, removedFrom, id, pending });
      return true;
    }
    throw contended();
  }

  return {
    save,
    remove,
    async repair(limit) {
      const before = new Date(clock.now() - PATIENCE_MS).toISOString();
      const left = resources.find<Head>({ 'pending.at': { $gt: '', $lt: before } }, { projection: HEAD });
      const rows = await left.sort({ 'pending.at': 1 }).limit(limit).toArray();
      for (const row of rows) await applyPending(collections, row);
      return rows.length;
    },
  };
}

const GONE = Object.fromEntries(LIVING_FIELDS.map((field) => [field, '' as const]));

/** Null when it changes nobody. */
function pendingOf(members: MemberChange, version: number, at: string): PendingChange | null {
  const { replace, add, remove } = settledMembers(members);
  return replace || add.length > 0 || remove.length > 0 ? { at, version, replace, add, remove } : null;
}

const nameTaken = (resourceId: string) =>
  new AppError('resource_name_taken', 'another resource has this name', { resourceId });

const contended = () => new AppError('unavailable', 'too many others change this resource just now');
