import type { Agency } from '../../core/agency.ts';
import { agencyRow, INSERT_AGENCY } from './agencies.ts';
import type { Database } from './database.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';

/** Agencies, as entries of an archive. */
export function createAgencyShelf(database: Database) {
  return createShelf<Agency>(database, {
    ...AS_WRITTEN,
    columns: 'document',
    from: 'agencies',
    toEntry: (row) => JSON.parse(row.document as string) as Agency,
    insert(agencies) {
      const insert = database.sql(INSERT_AGENCY);
      for (const agency of agencies) insert.run(...agencyRow(agency));
    },
  });
}
