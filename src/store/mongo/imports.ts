import { randomUUID } from 'node:crypto';
import { type Import, isUnfinished } from '../../core/import.ts';
import type { ImportPart, ImportPartKey, ImportStore } from '../../ports/import-store.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf } from './documents.ts';
import { COLLECTION } from './schema.ts';
import { nullIfDuplicate, swapRow } from './swap-row.ts';
import { insistently } from './unknown-results.ts';

export interface ImportDocument {
  /** Organization and id. */
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly version: number;
  readonly unfinished: boolean;
  readonly expires: string | null;
  /** JSON: nothing is ever looked for in it. */
  readonly document: string;
  readonly writeId: string;
}

export interface ImportPartDocument {
  /** Organization, import, part and page. */
  readonly _id: string;
  readonly organization: string;
  readonly import: string;
  readonly part: string;
  readonly page: number;
  readonly text: string;
}

/** CSV files on their way in, in MongoDB. */
export function createImportStore(database: Database): ImportStore {
  const rows = database.collection<ImportDocument>(COLLECTION.imports);
  const parts = database.collection<ImportPartDocument>(COLLECTION.importParts);

  async function erase(organization: string, id: string, part?: string): Promise<void> {
    const one = part === undefined ? {} : { part };
    await insistently(() => parts.deleteMany({ organization, import: id, ...one }));
  }

  return {
    async save(entry) {
      await swapRow(rows, importDocument(entry), 'this import');
    },
    async get(organization, id) {
      const row = await rows.findOne({ _id: keyOf(organization, id) });
      return row ? importOf(row) : null;
    },
    async list(organization, cursor, limit) {
      const query = cursor === null ? { organization } : { organization, id: { $lt: cursor } };
      const found = await rows.find(query, { sort: { id: -1 }, limit: limit + 1 }).toArray();
      return pageOf(found, limit, importOf);
    },
    async unfinished(limit) {
      return (await rows.find({ unfinished: true }, { sort: { id: 1 }, limit }).toArray()).map(importOf);
    },
    async expired(by, limit) {
      const query = { expires: { $type: 'string' as const, $lte: by } };
      return (await rows.find(query, { sort: { expires: 1 }, limit }).toArray()).map(importOf);
    },
    async putPart(part) {
      const row = partDocument(part);
      await insistently(() => parts.replaceOne({ _id: row._id }, row, { upsert: true }));
    },
    async addPart(part) {
      const row = partDocument(part);
      await insistently(() => parts.insertOne(row).then(() => true, nullIfDuplicate));
      return (await parts.findOne({ _id: row._id }))?.text ?? part.text;
    },
    async part(key) {
      return (await parts.findOne({ _id: partKey(key) }))?.text ?? null;
    },
    async remove(organization, id) {
      await erase(organization, id);
      await insistently(() => rows.deleteOne({ _id: keyOf(organization, id) }));
    },
    erase,
  };
}

export function importDocument(entry: Import): ImportDocument {
  const { organizationId: organization, id, version, expiresAt: expires } = entry;
  return {
    _id: keyOf(organization, id),
    organization,
    id,
    version,
    unfinished: isUnfinished(entry),
    expires,
    document: JSON.stringify(entry),
    writeId: randomUUID(),
  };
}

export const importOf = ({ document }: Pick<ImportDocument, 'document'>): Import => JSON.parse(document);

const partKey = ({ organizationId, importId, part, page }: ImportPartKey): string =>
  keyOf(keyOf(organizationId, importId), `${part}/${page}`);

export function partDocument(entry: ImportPart): ImportPartDocument {
  const { organizationId: organization, importId, part, page, text } = entry;
  return { _id: partKey(entry), organization, import: importId, part, page, text };
}

export function partOf({ organization: organizationId, import: importId, part, page, text }: ImportPartDocument) {
  return { organizationId, importId, part, page, text };
}
