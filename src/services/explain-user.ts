import { type ConnectionNames, NO_NAMES, SOURCE_TITLES } from '../core/change-summary.ts';
import { AppError } from '../core/errors.ts';
import { type ExplainedUser, explainUser } from '../core/explain.ts';
import { fold } from '../core/fold.ts';
import type { Organization } from '../core/organization.ts';
import type { Run, RunReason } from '../core/run.ts';
import type { ScimConnection } from '../core/scim-connection.ts';
import { DIRECTORIES, recordOf, type User } from '../core/user.ts';
import { verdictsOf } from '../core/verdict.ts';
import type { LiveAnswer, Verdict } from '../core/verdict-facts.ts';
import { currentUser } from './current-user.ts';
import type { Dependencies } from './dependencies.ts';
import { countsToReschedule } from './interviews-to-reschedule.ts';
import { lookUpEverywhere } from './look-up.ts';
import { type MappedMembership, mappedGroupsOf } from './mapped-groups.ts';
import { readOrganization } from './organizations.ts';
import { personFacts } from './person-facts.ts';

/** What a recent run had to do with a person. */
export interface ExplainedRun {
  readonly id: string;
  readonly source: Run['source'];
  readonly state: Run['state'];
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** null: the run does not tell. */
  readonly saw: boolean | null;
  readonly reasons: readonly Pick<RunReason, 'code' | 'message'>[];
}

export interface Explanation {
  readonly user: User | null;
  readonly status: { readonly value: User['status'] | 'unknown'; readonly sentence: string };
  readonly attributes: ExplainedUser['attributes'];
  readonly records: ExplainedUser['records'];
  readonly runs: readonly ExplainedRun[];
  /** The answer first. */
  readonly verdicts: readonly Verdict[];
  /** What directories said just now, by source; null when they were not asked. */
  readonly live: ReadonlyMap<string, LiveAnswer> | null;
  /** The groups that give them something just now. */
  readonly groups: readonly MappedMembership[];
  /** Booked interviews that somebody else has to take over; null for who is active, and for nobody. */
  readonly interviewsToReschedule: number | null;
}

/** Runs looked at for one explanation. */
const RECENT_RUNS = 5;

/** Explains a person by id; throws `not_found`. With `live` the connected directories are asked as well. */
export async function explainById(
  deps: Dependencies,
  organizationId: string,
  id: string,
  live: boolean,
): Promise<Explanation> {
  const organization = await readOrganization(deps, organizationId);
  const user = await deps.stores.users.get(organizationId, id);
  if (!user) throw new AppError('not_found', 'no such user');
  return explanationOf(deps, organization, currentUser(user, organization), live);
}

/** Explains whoever has an address, and, when nobody has it, why that may be. */
export async function explainByEmail(
  deps: Dependencies,
  organizationId: string,
  email: string,
  live: boolean,
): Promise<Explanation> {
  const organization = await readOrganization(deps, organizationId);
  const user = await deps.stores.users.findByEmail(organizationId, email);
  if (user) return explanationOf(deps, organization, currentUser(user, organization), live);
  return explanationOfNobody(deps, organization, email, live);
}

async function explanationOf(
  deps: Dependencies,
  organization: Organization,
  user: User,
  isLive: boolean,
): Promise<Explanation> {
  const recent = await recentRuns(deps, organization.id);
  const runs = recent.flatMap((run) => {
    const record = recordOf(user, run.source);
    const reasons = run.reasons.filter(
      ({ userId, externalId }) => userId === user.id || (externalId !== null && externalId === record?.externalId),
    );
    return record || reasons.length > 0 ? [explainRun(run, reasons, sawOf(run, user))] : [];
  });
  const connections = await deps.stores.tokens.connections(organization.id);
  const { email } = user;
  const live = isLive ? await lookUpEverywhere(deps, organization.id, user, email) : null;
  const facts = await personFacts(deps, organization, { user, email, live: live ?? new Map(), runs: recent });
  const explained = explainUser(user, organization.settings, namesOf(connections));
  const left = await countsToReschedule(deps, organization.id, [user]);
  return {
    user,
    ...explained,
    runs,
    verdicts: verdictsOf(facts),
    live,
    groups: await mappedGroupsOf(deps, organization.id, user),
    interviewsToReschedule: left.get(user.id) ?? null,
  };
}

/** With one connection only its name tells nothing. */
function namesOf(connections: readonly ScimConnection[]): ConnectionNames {
  return connections.length > 1 ? new Map(connections.map(({ id, name }) => [id, name])) : NO_NAMES;
}

/** A finished run saw everybody whose record is present, but those it came before. */
function sawOf(run: Run, user: User): boolean | null {
  const record = recordOf(user, run.source);
  if (!record?.directory) return null;
  if (record.by.kind === 'run' && record.by.id === run.id) return record.directory.present;
  if (run.state !== 'finished' || run.startedAt === null || run.startedAt < record.at) return null;
  return record.directory.present;
}

async function explanationOfNobody(
  deps: Dependencies,
  organization: Organization,
  email: string,
  isLive: boolean,
): Promise<Explanation> {
  const folded = fold(email);
  const recent = await recentRuns(deps, organization.id);
  const runs = recent.map((run) =>
    explainRun(
      run,
      run.reasons.filter((reason) => reason.email != null && fold(reason.email) === folded),
      null,
    ),
  );
  const sentence = await whyNobody(deps, organization, folded, runs);
  const live = isLive ? await lookUpEverywhere(deps, organization.id, null, email) : null;
  const facts = await personFacts(deps, organization, { user: null, email, live: live ?? new Map(), runs: recent });
  const status = { value: 'unknown', sentence } as const;
  const nothing = { user: null, attributes: {}, records: [], groups: [], interviewsToReschedule: null };
  return { ...nothing, status, runs, verdicts: verdictsOf(facts), live };
}

async function whyNobody(
  deps: Dependencies,
  { id, settings }: Organization,
  email: string,
  runs: readonly ExplainedRun[],
): Promise<string> {
  const conflicts = await deps.stores.conflicts.list(id, 'open', null, 100);
  const conflict = conflicts.items.find((candidate) => candidate.email === email);
  if (conflict) return `No user has this address: ${conflict.message}.`;
  const [reason] = runs.flatMap(({ reasons }) => reasons);
  if (reason) return `No user has this address: ${reason.message}.`;
  const connected = await deps.stores.integrations.list(id);
  const off = DIRECTORIES.filter(
    (name) => connected.some(({ source }) => source === name) && !settings[name].syncUsers,
  );
  const said = off.map((name) => `Syncing users from ${SOURCE_TITLES[name]} is switched off.`);
  return ['No user has this address, and no source has mentioned it.', ...said].join(' ');
}

async function recentRuns({ stores }: Dependencies, organizationId: string): Promise<readonly Run[]> {
  return (await stores.runs.list(organizationId, null, RECENT_RUNS)).items;
}

function explainRun(run: Run, reasons: readonly RunReason[], saw: boolean | null): ExplainedRun {
  const { id, source, state, startedAt, finishedAt } = run;
  return {
    id,
    source,
    state,
    startedAt,
    finishedAt,
    saw,
    reasons: reasons.map(({ code, message }) => ({ code, message })),
  };
}
