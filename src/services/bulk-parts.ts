import type { Bulk, BulkOutcome, FrozenPerson } from '../core/bulk.ts';
import { notFound } from '../core/errors.ts';
import type { Stores } from '../ports/stores.ts';

/** How long an action waits to be confirmed, and how long what it did can be read afterwards. */
export const UNCONFIRMED_HOURS = 24;
export const KEPT_HOURS = 30 * 24;

/** How the entries of each part look. */
interface Parts {
  readonly people: FrozenPerson;
  readonly outcome: BulkOutcome;
}

type Reader = { readonly stores: Pick<Stores, 'bulks'> };

/** A page of an action; empty when there is none. */
export async function readBulkPage<Part extends keyof Parts>(
  { stores }: Reader,
  { organizationId, id: bulkId }: Bulk,
  part: Part,
  page: number,
): Promise<readonly Parts[Part][]> {
  const text = await stores.bulks.page({ organizationId, bulkId, part, page });
  return text === null ? [] : (JSON.parse(text) as readonly Parts[Part][]);
}

/** Throws `not_found`. */
export async function readBulk({ stores }: Reader, organizationId: string, id: string): Promise<Bulk> {
  const bulk = await stores.bulks.get(organizationId, id);
  if (!bulk) throw notFound('bulk action');
  return bulk;
}
