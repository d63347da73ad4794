import { describeChange, type PreviewItem } from '../core/change-summary.ts';
import type { DirectoryPerson } from '../core/directory-person.ts';
import { directoryRecord, goneRecord, leftRecord } from '../core/directory-record.ts';
import { newUser } from '../core/new-user.ts';
import type { Organization } from '../core/organization.ts';
import type { Harm, Run, StagedChange } from '../core/run.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import { optionsOfRun, type SyncOptions } from '../core/sync-options.ts';
import { recordOf, type User, withRecord } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { readTarget } from './start-run.ts';

/** One person's part of a plan, as it would come out now. */
export interface PlanLine extends Omit<PreviewItem, 'user'> {
  readonly externalId: string;
  /** `id` null: somebody new. */
  readonly user: { readonly id: string | null; readonly name: string | null; readonly email: string | null };
  readonly change: 'create' | 'link' | 'update' | 'remove';
  readonly harms: readonly Harm[];
}

export interface PlanPage {
  readonly items: readonly PlanLine[];
  /** The key after which the next page begins; null after the last. */
  readonly next: string | null;
}

const BATCH = 200;

/**
 * A page of what the plan of a run would do, person by person in the order of the directory's keys, resolved with what is stored and
 * set now: what other sources have said since then shows. Nothing is written.
 */
export async function readPlan(deps: Dependencies, run: Run, after: string | null, limit: number): Promise<PlanPage> {
  const { organization, integration } = await readTarget(deps, run.organizationId, run.source);
  const options = optionsOfRun(run, integration);
  const items: PlanLine[] = [];
  let cursor = after;
  for (;;) {
    const batch: readonly StagedChange[] = await deps.stores.runs.staged(run.id, cursor, BATCH);
    const held = run.plan?.whole ? batch : batch.filter(({ harms }) => harms.length > 0);
    const wanted = held.slice(0, limit - items.length);
    items.push(...(await linesOf(deps, organization, run, options, wanted)));
    cursor = (items.length === limit ? wanted : batch).at(-1)?.externalId ?? null;
    if (items.length === limit)
      return { items, next: wanted.length < held.length || batch.length === BATCH ? cursor : null };
    if (batch.length < BATCH || cursor === null) return { items, next: null };
  }
}

/** Every line of a plan, page by page. */
export async function* planLines(deps: Dependencies, run: Run): AsyncGenerator<readonly PlanLine[]> {
  for (let after: string | null = null; ; ) {
    const page: PlanPage = await readPlan(deps, run, after, BATCH);
    yield page.items;
    after = page.next;
    if (after === null) return;
  }
}

async function linesOf(
  deps: Dependencies,
  organization: Organization,
  run: Run,
  options: SyncOptions,
  changes: readonly StagedChange[],
): Promise<readonly PlanLine[]> {
  const ids = changes.flatMap(({ userId }) => userId ?? []);
  const users = await deps.stores.users.getMany(organization.id, ids);
  const byId = new Map(users.map((user) => [user.id, user]));
  return changes.map((change) =>
    lineOf(deps, organization, run, options, change, byId.get(change.userId ?? '') ?? null),
  );
}

function lineOf(
  deps: Dependencies,
  { id: organizationId, settings }: Organization,
  run: Run,
  options: SyncOptions,
  change: StagedChange,
  user: User | null,
): PlanLine {
  const at = timestamp(deps.clock);
  const by = { kind: 'run', id: run.id } as const;
  const before = user ?? newUser({ id: '', organizationId, kind: 'employee', scimId: null, at });
  const person = change.person === null ? null : (JSON.parse(change.person) as DirectoryPerson);
  const former = recordOf(before, run.source);
  const isOwn = former?.externalId === change.externalId;
  const kind = changeOf(change, user, isOwn);
  const linking = kind === 'link';
  const record = person
    ? directoryRecord(isOwn ? former : undefined, person, linking, by, options.mapping)
    : former && (change.harms.includes('out_of_scope') ? leftRecord(former, change.why ?? '') : goneRecord(former));
  const drafted = record ? withRecord(before, record) : before;
  const settled = settle(before, drafted, settings, { ...PLAIN_TERMS, linking, at, by });
  const { user: shown, ...facts } = describeChange(before, settled.user, settled.effects, settings);
  const name = shown.name ?? person?.displayName ?? null;
  const email = shown.email ?? person?.email ?? null;
  const { externalId, harms } = change;
  return { externalId, user: { id: user?.id ?? null, name, email }, change: kind, harms, ...facts };
}

function changeOf({ person }: StagedChange, user: User | null, isOwn: boolean): PlanLine['change'] {
  if (person === null) return 'remove';
  if (user === null) return 'create';
  return isOwn ? 'update' : 'link';
}
