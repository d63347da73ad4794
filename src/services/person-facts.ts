import { adminTitle } from '../core/admin-title.ts';
import { nameOf, SOURCE_TITLES } from '../core/change-summary.ts';
import { fold } from '../core/fold.ts';
import type { Integration } from '../core/integration.ts';
import { isLive, type Organization } from '../core/organization.ts';
import { resolveUser } from '../core/resolve.ts';
import type { Run, RunReason } from '../core/run.ts';
import { type Actor, recordOf, type SourceRecord, type User } from '../core/user.ts';
import type { DirectoryFacts, LiveAnswer, PersonFacts } from '../core/verdict-facts.ts';
import { isInArchivedAgency } from './agency-membership.ts';
import type { Dependencies } from './dependencies.ts';
import { shownTrouble } from './due-times.ts';

/** Open conflicts looked through for one person. */
const MOST_CONFLICTS = 100;

export interface Asked {
  readonly user: User | null;
  readonly email: string | null;
  /** What directories said just now, by source; empty when they were not asked. */
  readonly live: ReadonlyMap<string, LiveAnswer>;
  /** The newest first. */
  readonly runs: readonly Run[];
}

/** Gathers what decides about a person, from what is stored and what directories said when they were asked. */
export async function personFacts(deps: Dependencies, organization: Organization, asked: Asked): Promise<PersonFacts> {
  const { id, settings } = organization;
  const { user, email } = asked;
  const integrations = user?.kind === 'agency' ? [] : await deps.stores.integrations.list(id);
  const directories = await Promise.all(
    integrations.map((integration) => directoryFacts(deps, organization, integration, asked)),
  );
  const winner = user && resolveUser(user, settings).winners.get('enabled');
  return {
    user,
    email,
    scimEnabled: settings.scim.enabled,
    isAgencyArchived: user !== null && (await isInArchivedAgency(deps, user)),
    winner: winner ? { record: winner, who: whoSaid(winner), isLive: isLive(settings, winner) } : null,
    conflicts: await conflictsOf(deps, id, user, email),
    directories,
  };
}

async function directoryFacts(
  deps: Dependencies,
  { id, settings }: Organization,
  integration: Integration,
  { user, email, live, runs }: Asked,
): Promise<DirectoryFacts> {
  const { stores } = deps;
  const { source, nextDueAt } = integration;
  const record = (user && recordOf(user, source)) ?? null;
  const externalId = record?.externalId ?? null;
  const state = await stores.syncStates.get(id, source);
  const pending = externalId === null ? [] : await stores.removals.among(id, source, [externalId]);
  const isWaiting = state.plan?.state === 'waiting' && externalId !== null;
  const staged = isWaiting && state.plan ? await stores.runs.stagedOf(state.plan.runId, externalId) : null;
  const isAbout = (reason: RunReason): boolean =>
    (externalId !== null && reason.externalId === externalId) ||
    (reason.email != null && email !== null && fold(reason.email) === fold(email));
  const newest = runs.find((run) => run.source === source && !run.dry && run.reasons.some(isAbout));
  return {
    source,
    syncUsers: settings[source].syncUsers,
    record,
    state: { ...state, trouble: state.trouble && shownTrouble(deps, integration, state.trouble) },
    staged,
    pending: pending[0] ?? null,
    reasons: newest?.reasons.filter(isAbout) ?? [],
    nextDueAt,
    live: live.get(source) ?? null,
  };
}

async function conflictsOf(
  { stores }: Dependencies,
  organizationId: string,
  user: User | null,
  email: string | null,
): Promise<PersonFacts['conflicts']> {
  const { items } = await stores.conflicts.list(organizationId, 'open', null, MOST_CONFLICTS);
  const own = items.filter(
    (conflict) =>
      (user !== null && (conflict.userId === user.id || conflict.otherUserId === user.id)) ||
      (email !== null && conflict.email !== null && fold(conflict.email) === fold(email)),
  );
  const others = own.map(({ userId, otherUserId }) => (userId === user?.id ? otherUserId : userId) ?? '');
  const people = new Map((await stores.users.getMany(organizationId, others)).map((other) => [other.id, other]));
  return own.map(({ kind, message }, index) => ({
    kind,
    message,
    withWhom: wordsFor(people.get(others[index] ?? '')),
  }));
}

const wordsFor = (user: User | undefined): string | null => user?.email ?? (user ? (nameOf(user) ?? user.id) : null);

const ACTORS: { readonly [kind in Actor['kind']]: (record: SourceRecord) => string } = {
  operator: ({ by }) => adminTitle(by),
  'api-key': ({ by }) => adminTitle(by),
  connection: () => SOURCE_TITLES.scim,
  run: ({ source }) => `a run of ${SOURCE_TITLES[source]}`,
  settings: ({ source }) => `${SOURCE_TITLES[source]}, after a change of settings`,
  'sign-in': ({ source }) => `${SOURCE_TITLES[source]}, at a sign-in`,
  system: ({ source }) => SOURCE_TITLES[source],
};

const whoSaid = (record: SourceRecord): string => ACTORS[record.by.kind](record);
