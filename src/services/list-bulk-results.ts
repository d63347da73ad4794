import type { Bulk, BulkOutcome, BulkVerdict, FrozenPerson } from '../core/bulk.ts';
import { readBulkPage } from './bulk-parts.ts';
import type { Dependencies } from './dependencies.ts';

/** A person of a bulk action, and what became of them; null: nothing yet. */
export interface BulkResult {
  readonly person: FrozenPerson;
  readonly outcome: BulkOutcome | null;
}

/**
 * People of a bulk action in the order they were frozen in, from a cursor (page and place on it) on.
 *
 * With verdicts only those who have one of them: what became of them, else what is expected. Other pages are not read.
 */
export async function listBulkResults(
  deps: Pick<Dependencies, 'stores'>,
  bulk: Bulk,
  verdicts: readonly BulkVerdict[],
  cursor: string | null,
  limit: number,
): Promise<{ readonly items: readonly BulkResult[]; readonly next: string | null }> {
  const [firstPage = 0, firstIndex = 0] = (cursor ?? '0.0').split('.').map(Number);
  const items: BulkResult[] = [];
  for (const page of pagesWith(bulk, verdicts)) {
    if (page < firstPage) continue;
    const results = await readPage(deps, bulk, page);
    for (const [index, result] of results.entries()) {
      if (page === firstPage && index < firstIndex) continue;
      const { verdict } = result.outcome ?? result.person;
      if (verdicts.length > 0 && !verdicts.includes(verdict)) continue;
      if (items.length === limit) return { items, next: `${page}.${index}` };
      items.push(result);
    }
  }
  return { items, next: null };
}

function pagesWith(bulk: Bulk, verdicts: readonly BulkVerdict[]): readonly number[] {
  const all = Array.from({ length: bulk.pages }, (_, page) => page);
  if (verdicts.length === 0) return all;
  const met = new Set(verdicts.flatMap((verdict) => bulk.outcomePages[verdict] ?? []));
  const expected = new Set(verdicts.flatMap((verdict) => bulk.pagesOf[verdict] ?? []));
  const isExpected =
    bulk.state === 'cancelled' ? () => verdicts.includes('cancelled') : (page: number) => expected.has(page);
  return all.filter((page) => met.has(page) || (page >= bulk.carriedOut && isExpected(page)));
}

const withoutTurn = ({ state }: Bulk, { id }: FrozenPerson): BulkOutcome | null =>
  state === 'cancelled' ? { id, verdict: 'cancelled' } : null;

async function readPage(deps: Pick<Dependencies, 'stores'>, bulk: Bulk, page: number): Promise<readonly BulkResult[]> {
  const people = await readBulkPage(deps, bulk, 'people', page);
  const isTold = page < bulk.carriedOut || (page === bulk.carriedOut && bulk.state === 'cancelled');
  const told = isTold ? await readBulkPage(deps, bulk, 'outcome', page) : [];
  const outcomes = new Map(told.map((outcome) => [outcome.id, outcome]));
  return people.map((person) => ({ person, outcome: outcomes.get(person.id) ?? withoutTurn(bulk, person) }));
}
