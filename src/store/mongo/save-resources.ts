import { randomUUID } from 'node:crypto';
import { isAppError, stale } from '../../core/errors.ts';
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
  resourceKey,
  spaceKey,
} from './resource-schema.ts';
import { contended, createResourceSwaps, HEAD, type Head, TRIES } from './resource-swaps.ts';

/** No writer leaves a change undone for so long and lives. */
const PATIENCE_MS = 60_000;

/** The writes. A change of members is written down in the resource, by the one write that decides, and then done to the rows. */
export function createSaveResources(
  collections: ResourceCollections,
  clock: Clock,
): Pick<ResourceStore, 'save' | 'remove' | 'repair'> {
  const { headOf, swap, insert, explain } = createResourceSwaps(collections);

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
      const left = collections.resources.find<Head>({ 'pending.at': { $gt: '', $lt: before } }, { projection: HEAD });
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
