import { PEOPLE_PER_PAGE } from '../core/bulk.ts';
import type { User } from '../core/user.ts';
import type { Condition } from '../ports/condition.ts';
import type { Stores } from '../ports/stores.ts';
import type { Page } from '../ports/user-store.ts';
import { createTurns, inSlices } from './turns.ts';

/** Whom a bulk action is about. */
export type BulkSelection =
  | { readonly ids: readonly string[] }
  | { readonly condition: Condition | null; readonly except: readonly string[] };

/** Ids, and whom they name; null: nobody. */
export type Selected = readonly (readonly [id: string, user: User | null])[];

type Needs = { readonly stores: Pick<Stores, 'users'> };

/** People listed at a time: others have their turn in between. */
const LISTED_AT_ONCE = 50;

/** Whom a selection is about, everybody once, in pages of 500 or a few more. */
export function selectedPages(deps: Needs, organizationId: string, selection: BulkSelection): AsyncGenerator<Selected> {
  if ('ids' in selection) return byIds(deps, organizationId, selection.ids);
  return byCondition(deps, organizationId, selection.condition, new Set(selection.except));
}

async function* byIds({ stores }: Needs, organizationId: string, ids: readonly string[]): AsyncGenerator<Selected> {
  const seen = new Set<string>();
  for (let at = 0; at < ids.length; at += PEOPLE_PER_PAGE) {
    const asked = ids.slice(at, at + PEOPLE_PER_PAGE).filter((id) => !seen.has(id) && seen.add(id));
    if (asked.length === 0) continue;
    const users = await inSlices(asked, (some) => stores.users.getMany(organizationId, some));
    const known = new Map(users.map((user) => [user.id, user]));
    yield asked.map((id) => [id, known.get(id) ?? null] as const);
  }
}

async function* byCondition(
  { stores }: Needs,
  organizationId: string,
  condition: Condition | null,
  spared: ReadonlySet<string>,
): AsyncGenerator<Selected> {
  const turn = createTurns();
  let found: (readonly [string, User])[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<User> = await stores.users.list(organizationId, condition, cursor, LISTED_AT_ONCE);
    for (const user of page.items) if (!spared.has(user.id)) found.push([user.id, user]);
    cursor = page.next;
    await turn();
    if (found.length < PEOPLE_PER_PAGE && cursor !== null) continue;
    if (found.length > 0) yield found;
    found = [];
  } while (cursor !== null);
}
