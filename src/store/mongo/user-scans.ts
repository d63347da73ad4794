import type { UserStore } from '../../ports/user-store.ts';
import type { UserCollection } from './user-schema.ts';
import type { DirectoryShadow } from './user-shadow.ts';

type UserScans = Pick<UserStore, 'directoryNews' | 'scanMissing' | 'countActive'>;

/** Which of the keys a run has marked present. */
export type PresentKeys = (
  organizationId: string,
  runId: string,
  externalIds: readonly string[],
) => Promise<ReadonlySet<string>>;

/** Keys of people a directory shows, and beside each the hash of the person. */
interface Known {
  readonly keys: readonly string[];
  readonly hashes: readonly (string | null)[];
}

/** Known keys held against a run's marks at a time. */
const BATCH = 1_000;

/** The reads of sweeps and runs: each goes along the directory's own index. */
export function createUserScans(users: UserCollection, presentKeys: PresentKeys): UserScans {
  /** Keys the directory showed last, after one of them, with whom they belong to. */
  async function knownAfter(organization: string, source: string, after: string) {
    const field = `directories.${source}`;
    const projection = { _id: 0, id: 1, [`${field}.key`]: 1, [`${field}.activity`]: 1 };
    const query = { organization, [`${field}.key`]: { $gt: after } };
    const options = { projection, sort: { [`${field}.key`]: 1 } as const, limit: BATCH, batchSize: BATCH };
    const rows = await users.find(query, options).toArray();
    return rows.map(({ id, directories }) => {
      const { key, activity } = directories[source] as DirectoryShadow;
      return { externalId: key, userId: id, activity };
    });
  }

  return {
    async directoryNews(organization, source, people, ungranted) {
      const asked = new Map(people.map(({ externalId, hash }) => [externalId, hash]));
      const field = `directories.${source}`;
      const query = {
        organization,
        [`${field}.key`]: { $in: [...asked.keys()] },
        ...(ungranted ? { $nor: [{ [`${field}.activity`]: 'active', [`${field}.granted`]: false }] } : {}),
      };
      // One document with two lists is read many times faster than a document for each person.
      const lists = { _id: null, keys: { $push: `$${field}.key` }, hashes: { $push: `$${field}.hash` } };
      const [known] = await users.aggregate<Known>([{ $match: query }, { $group: lists }]).toArray();
      known?.keys.forEach((key, n) => {
        if (asked.get(key) === known.hashes[n]) asked.delete(key);
      });
      return new Set(asked.keys());
    },
    async scanMissing(organization, source, runId, afterKey, limit) {
      const missing: Awaited<ReturnType<typeof knownAfter>> = [];
      for (let after: string | null = afterKey ?? ''; after !== null && missing.length < limit; ) {
        const known: Awaited<ReturnType<typeof knownAfter>> = await knownAfter(organization, source, after);
        const keys = known.map(({ externalId }) => externalId);
        const present = known.length > 0 ? await presentKeys(organization, runId, keys) : new Set();
        missing.push(...known.filter(({ externalId }) => !present.has(externalId)));
        after = known.length < BATCH ? null : (keys.at(-1) ?? null);
      }
      return missing.slice(0, limit);
    },
    countActive: (organization, source) =>
      users.countDocuments({
        organization,
        // Of a text the index alone can tell that it is there.
        [`directories.${source}.key`]: { $gt: '' },
        [`directories.${source}.activity`]: 'active',
      }),
  };
}
