import type { Database } from './database.ts';
import type { CollectionDeclaration } from './schema.ts';

/** Makes collections and indexes that are not there yet. `step` is called before each. */
export async function buildCollections(
  { db }: Database,
  collections: readonly CollectionDeclaration[],
  step: (name: string) => Promise<void>,
): Promise<void> {
  const known = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  for (const { name, indexes } of collections) {
    await step(name);
    if (!known.has(name)) await db.createCollection(name).catch(unlessThere);
    for (const { key, ...options } of indexes) {
      await step(options.name);
      await db.collection(name).createIndex(key, options);
    }
  }
}

/** Drops indexes that are still there. `step` is called before each. */
export async function dropIndexes(
  { db }: Database,
  collection: string,
  names: readonly string[],
  step: (name: string) => Promise<void>,
): Promise<void> {
  const known = await db.collection(collection).indexes();
  for (const name of names.filter((one) => known.some((index) => index.name === one))) {
    await step(`drop ${name}`);
    await db.collection(collection).dropIndex(name).catch(unlessGone);
  }
}

const INDEX_NOT_FOUND = 27;

function unlessGone(error: unknown): void {
  if ((error as { code?: number }).code !== INDEX_NOT_FOUND) throw error;
}

const NAMESPACE_EXISTS = 48;

function unlessThere(error: unknown): void {
  if ((error as { code?: number }).code !== NAMESPACE_EXISTS) throw error;
}
