import { addEffects, type Bulk, type FrozenPerson, MOST_PEOPLE, NO_EFFECTS } from '../core/bulk.ts';
import { AppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { tallyPage } from '../core/tally.ts';
import type { Grant, User } from '../core/user.ts';
import { later, timestamp } from '../ports/clock.ts';
import { UNCONFIRMED_HOURS } from './bulk-parts.ts';
import { readEntry } from './catalog.ts';
import type { Dependencies } from './dependencies.ts';
import { judgeBulkPerson } from './judge-bulk-person.ts';
import { countLiving } from './known-entries.ts';
import { isAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import { type BulkSelection, type Selected, selectedPages } from './select-people.ts';
import { createTurns } from './turns.ts';

type Needs = Pick<Dependencies, 'stores' | 'clock' | 'identifiers' | 'hash'>;

export type BulkRequest = Pick<Bulk, 'organizationId' | 'action' | 'level' | 'pool' | 'reason' | 'by'>;

const NOTHING_YET = {
  version: 1,
  state: 'freezing',
  total: 0,
  pages: 0,
  counts: {},
  pagesOf: {},
  effects: NO_EFFECTS,
  digest: null,
  carriedOut: 0,
  outcomes: {},
  outcomePages: {},
} as const;

/**
 * Freezes whom an action is about, page by page, and tells what it would do to them. Nobody is changed yet.
 *
 * Throws `too_many` for more than 50,000 people, `not_found` without such an organization or pool.
 */
export async function freezeBulk(deps: Needs, request: BulkRequest, selection: BulkSelection): Promise<Bulk> {
  const { stores, clock, identifiers } = deps;
  const organization = await readOrganization(deps, request.organizationId);
  if (request.pool !== null) await readEntry(deps, { organizationId: organization.id, kind: 'pool', id: request.pool });
  await refuseTooMany(deps, organization.id, selection);
  const active = await stores.users.count(organization.id, { field: 'status', op: 'eq', value: 'active' });
  const circumstances = { createdAt: timestamp(clock), expiresAt: later(clock, UNCONFIRMED_HOURS), active };
  // Saved first, so that pages left by whoever dies in between are erased in time.
  let bulk: Bulk = { ...NOTHING_YET, ...request, ...circumstances, id: identifiers.next() };
  await stores.bulks.save(bulk);
  let digest = JSON.stringify([bulk.id, bulk.action, bulk.level, bulk.pool, bulk.reason]);
  const judge = judgeOf(deps, organization, bulk, await countAdmins(deps, organization));
  const turn = createTurns();
  for await (const found of selectedPages(deps, organization.id, selection)) {
    const { people, effects } = await judge(found);
    if (bulk.total + people.length > MOST_PEOPLE) throw tooManyPeople();
    const text = JSON.stringify(people);
    const place = { organizationId: organization.id, bulkId: bulk.id, part: 'people', page: bulk.pages } as const;
    await stores.bulks.addPage({ ...place, text });
    digest = deps.hash(`${digest}\n${text}`);
    bulk = withPage(bulk, people, effects);
    await turn();
  }
  const ready: Bulk = { ...bulk, version: 2, state: 'ready', digest: deps.hash(digest) };
  await stores.bulks.save(ready);
  return ready;
}

function withPage(bulk: Bulk, people: readonly FrozenPerson[], effects: Bulk['effects']): Bulk {
  const verdicts = people.map(({ verdict }) => verdict);
  return {
    ...bulk,
    ...tallyPage(bulk.counts, bulk.pagesOf, bulk.pages, verdicts),
    total: bulk.total + people.length,
    pages: bulk.pages + 1,
    effects: addEffects(bulk.effects, effects),
  };
}

async function refuseTooMany({ stores }: Needs, organizationId: string, selection: BulkSelection): Promise<void> {
  if ('ids' in selection) {
    if (selection.ids.length > MOST_PEOPLE && new Set(selection.ids).size > MOST_PEOPLE) throw tooManyPeople();
    return;
  }
  const selected = await stores.users.count(organizationId, selection.condition);
  if (selected - selection.except.length > MOST_PEOPLE) throw tooManyPeople();
}

const tooManyPeople = () =>
  new AppError('too_many', `a bulk action is about ${MOST_PEOPLE} people at most; narrow the selection`, {
    limit: MOST_PEOPLE,
  });

async function countAdmins({ stores }: Needs, { id, admins }: Organization): Promise<number> {
  return (await stores.users.getMany(id, admins)).filter(isAdmin).length;
}

/** People leave in the order they were frozen in; of admins the last one stays. */
function judgeOf(deps: Needs, organization: Organization, bulk: Bulk, countedAdmins: number) {
  const { hash, clock } = deps;
  const at = timestamp(clock);
  let admins = countedAdmins;
  const turn = createTurns();
  return async (found: Selected) => {
    const leaving: string[] = [];
    const restores: Grant[] = [];
    let effects = NO_EFFECTS;
    const archived = bulk.action === 'activate' ? await archivedAmong(deps, organization.id, found) : NO_AGENCIES;
    const judgeOne = (id: string, user: User | null): FrozenPerson => {
      if (!user) return { id, seen: 0, verdict: 'not_found', mark: '' };
      const judged = judgeBulkPerson(user, organization, bulk, at);
      const isLast = judged.endsAdmin && admins === 1;
      const mark = markOf(hash, judged.change);
      if (isLast) return { id, seen: user.version, verdict: 'last_admin', mark };
      if (judged.verdict === 'done' && archived.has(user.agencyId ?? ''))
        return { id, seen: user.version, verdict: 'agency_user', mark };
      if (judged.endsAdmin) admins--;
      if (judged.leavesInterviews) leaving.push(id);
      restores.push(...judged.restores);
      effects = addEffects(effects, judged.effects);
      return { id, seen: user.version, verdict: judged.verdict, mark };
    };
    const people: FrozenPerson[] = [];
    for (const [id, user] of found) {
      await turn();
      people.push(judgeOne(id, user));
    }
    const interviewsToReschedule = await countBooked(deps, organization.id, leaving, at);
    const rolesRestored = await countLiving(deps, organization.id, restores);
    return { people, effects: addEffects(effects, { interviewsToReschedule, rolesRestored }) };
  };
}

/** Places in interviews ahead that these people leave. */
async function countBooked({ stores }: Needs, organizationId: string, leaving: readonly string[], at: string) {
  if (leaving.length === 0) return 0;
  const booked = await stores.interviews.countEach(organizationId, leaving, at);
  return [...booked.values()].reduce((sum, count) => sum + count, 0);
}

const NO_AGENCIES: ReadonlySet<string> = new Set();

/** Agencies of these people whose users nobody activates. */
async function archivedAmong({ stores }: Needs, organizationId: string, found: Selected): Promise<ReadonlySet<string>> {
  const ids = [...new Set(found.flatMap(([, user]) => user?.agencyId ?? []))];
  const agencies = await Promise.all(ids.map((id) => stores.agencies.get(organizationId, id)));
  return new Set(agencies.flatMap((agency) => (agency?.archivedAt == null ? [] : agency.id)));
}

/** A short name of what would be done to a person. */
export const markOf = (hash: Dependencies['hash'], change: readonly unknown[]): string =>
  hash(JSON.stringify(change)).slice(0, 16);
