import { randomUUID } from 'node:crypto';
import { notFound, stale } from '../../core/errors.ts';
import type { Integration } from '../../core/integration.ts';
import type { IntegrationStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { certainly, insistently } from './unknown-results.ts';

interface Row {
  readonly _id: string;
  readonly organization: string;
  readonly source: string;
  readonly tenant: string | null;
  readonly nextDue: string | null;
  readonly sealed: boolean;
  readonly document: Integration;
  /** Of the last who moved the due time. */
  readonly claim?: string;
  /** Of the last who saved it. */
  readonly write?: string;
}

/** Integrations in MongoDB. Due time and tenant stand beside the document: they move without the rest being written. */
export function createIntegrationStore(database: Database): IntegrationStore {
  const rows = database.collection<Row>(COLLECTION.integrations);

  async function put(row: Row): Promise<void> {
    const { matchedCount } = await rows.replaceOne({ _id: row._id }, row);
    if (matchedCount === 1) return;
    try {
      await rows.insertOne(row);
    } catch (error) {
      if (duplicateIndex(error) === null) throw error;
      await rows.replaceOne({ _id: row._id }, row);
    }
  }

  return {
    put: (integration) => insistently(() => put(rowOf(integration))),
    async save(integration) {
      const { _id, nextDue: _due, ...changed } = rowOf(integration);
      const { revision = 1 } = integration;
      const former = revision === 2 ? { $in: [1, null] } : revision - 1;
      const write = randomUUID();
      const saved = await certainly<true>({
        async attempt() {
          const query = { _id, 'document.revision': former };
          const { matchedCount } = await rows.updateOne(query, { $set: { ...changed, write } });
          return matchedCount === 1 ? true : null;
        },
        recall: async () => ((await rows.countDocuments({ _id, write }, { limit: 1 })) === 1 ? true : null),
      });
      if (saved === null) throw stale('this integration');
    },
    async get(organization, source) {
      const row = await rows.findOne({ _id: keyOf(organization, source) });
      return row ? toIntegration(row) : null;
    },
    async list(organization) {
      return (await rows.find({ organization }).sort({ _id: 1 }).toArray()).map(toIntegration);
    },
    async due(now, limit) {
      const query = { nextDue: { $type: 'string', $lte: now } } as const;
      return (await rows.find(query).sort({ nextDue: 1 }).limit(limit).toArray()).map(toIntegration);
    },
    async claimDue(organization, source, from, to) {
      const _id = keyOf(organization, source);
      const claim = randomUUID();
      const claimed = await certainly<true>({
        async attempt() {
          const { matchedCount } = await rows.updateOne({ _id, nextDue: from }, { $set: { nextDue: to, claim } });
          return matchedCount === 1 ? true : null;
        },
        recall: async () => ((await rows.countDocuments({ _id, claim }, { limit: 1 })) === 1 ? true : null),
      });
      return claimed === true;
    },
    async pinTenant(organization, source, tenant) {
      const _id = keyOf(organization, source);
      await insistently(() => rows.updateOne({ _id, tenant: null }, { $set: { tenant } }));
      const pinned = (await rows.findOne({ _id }, { projection: { tenant: 1 } }))?.tenant;
      if (pinned === undefined || pinned === null) throw notFound('integration');
      return pinned;
    },
  };
}

export function rowOf(document: Integration): Row {
  const { organizationId: organization, source, tenant, nextDueAt: nextDue, sealedCredentials } = document;
  const sealed = sealedCredentials !== '';
  return { _id: keyOf(organization, source), organization, source, tenant, nextDue, sealed, document };
}

export function toIntegration({ document, tenant, nextDue }: Row): Integration {
  return { ...document, tenant, nextDueAt: nextDue };
}
