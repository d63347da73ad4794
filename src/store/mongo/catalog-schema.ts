import { COLLECTION, type CollectionDeclaration } from './schema.ts';

/** What organizations name for their access; only uniquely named kinds have a name key. */
export const CATALOG_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.catalog,
    indexes: [
      { name: 'catalog_kind', key: { organization: 1, kind: 1, id: 1 } },
      {
        name: 'catalog_name',
        key: { organization: 1, kind: 1, nameKey: 1 },
        unique: true,
        partialFilterExpression: { nameKey: { $exists: true } },
      },
    ],
  },
];
