import { AppError, stale } from '../../core/errors.ts';
import { applyPending, type PendingGroup } from './apply-pending.ts';
import type { ResourceCollections, ResourceRow } from './resource-schema.ts';
import { certainly, insistently } from './unknown-results.ts';

/** How often somebody else may be in the way: with a change not done yet, or with a name that is free when one looks. */
export const TRIES = 20;

export const HEAD = { version: 1, space: 1, removedFrom: 1, id: 1, pending: 1, writeId: 1 };

/** What a write must know of a resource as it stands. */
export type Head = PendingGroup & Pick<ResourceRow, 'version' | 'writeId'>;

/** The one write of a resource that decides: it is applied once or not at all, and says which. */
export function createResourceSwaps(collections: ResourceCollections) {
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

  return { headOf, swap, insert, explain };
}

const nameTaken = (resourceId: string) =>
  new AppError('resource_name_taken', 'another resource has this name', { resourceId });

export const contended = () => new AppError('unavailable', 'too many others change this resource just now');
