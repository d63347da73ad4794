import type { DirectoryPerson } from '../core/directory-person.ts';
import type { Run, RunReason, StagedChange } from '../core/run.ts';
import { EVERYBODY, groupsOf, outOfScope } from '../core/scope.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import { recordOf, type User } from '../core/user.ts';
import type { LeftOutPerson } from '../ports/directory.ts';
import type { SyncDependencies } from './sync-step.ts';

/** People a directory showed, sorted by what becomes of them. */
export interface SortedPeople {
  /** Those to apply, under hashes that change with the mapping. */
  readonly taken: readonly DirectoryPerson[];
  /** Why others are left out. */
  readonly reasons: readonly RunReason[];
  /** Those of them who were taken before and shall leave. */
  readonly leavers: readonly StagedChange[];
}

/**
 * Sorts people by the scope of a run.
 *
 * Whoever is left out and was taken before stays as they are, or leaves, as the scope says; but whom the directory says is inactive is
 * applied all the same, since what takes somebody out of the scope must not keep them in.
 */
export async function sortPeople(
  deps: SyncDependencies,
  run: Run,
  options: SyncOptions,
  people: readonly DirectoryPerson[],
  leftOut: readonly LeftOutPerson[],
): Promise<SortedPeople> {
  const { scope } = options;
  const groups = await groupsAmong(deps, run, options, people);
  const taken: DirectoryPerson[] = [];
  const out = [...leftOut];
  for (const person of people) {
    const message = outOfScope(scope, person, groups(person));
    if (message === null) taken.push(person);
    else out.push({ person, code: 'out_of_scope', message });
  }
  const known = await knownAmong(deps, run, out);
  const inactive = out.flatMap(({ person }) =>
    person.activity === 'inactive' && known.has(person.externalId) ? [person] : [],
  );
  const decorate = await decorator(deps, options);
  return {
    taken: [...taken, ...inactive].map(decorate),
    reasons: out.map(reasonOf),
    leavers: scope.onLeave === 'deactivate' ? out.flatMap((one) => leaverOf(one, known, run)) : [],
  };
}

async function groupsAmong(
  { stores }: SyncDependencies,
  run: Run,
  { scope }: SyncOptions,
  people: readonly DirectoryPerson[],
): Promise<(person: DirectoryPerson) => readonly string[]> {
  if (groupsOf(scope).length === 0) return () => [];
  const keys = people.map(({ externalId }) => externalId);
  const members = await stores.runs.membersAmong(run.id, [...keys, EVERYBODY]);
  const ofAll = members.get(EVERYBODY) ?? [];
  return ({ externalId }) => [...ofAll, ...(members.get(externalId) ?? [])];
}

async function knownAmong(
  { stores }: SyncDependencies,
  { organizationId, source }: Run,
  out: readonly LeftOutPerson[],
): Promise<ReadonlyMap<string, User>> {
  if (out.length === 0) return new Map();
  const keys = out.map(({ person }) => person.externalId);
  const users = await stores.users.findBySourceKeys(organizationId, source, null, keys);
  return new Map(users.map((user) => [recordOf(user, source)?.externalId ?? '', user]));
}

function leaverOf(
  { person: { externalId, activity }, message }: LeftOutPerson,
  known: ReadonlyMap<string, User>,
  { source }: Run,
): readonly StagedChange[] {
  const user = known.get(externalId);
  const directory = user && recordOf(user, source)?.directory;
  if (!user || activity === 'inactive' || !directory?.present || directory.activity === 'inactive') return [];
  return [{ externalId, userId: user.id, harms: ['out_of_scope'], person: null, why: message }];
}

const reasonOf = ({ person: { externalId, email }, code, message }: LeftOutPerson): RunReason => ({
  externalId,
  userId: null,
  email,
  code,
  message,
});

/** Whoever was mapped otherwise before is news; without a mapping hashes are the connector's own. */
async function decorator({ hash }: SyncDependencies, { mapping }: SyncOptions) {
  if (mapping.length === 0) return (person: DirectoryPerson) => person;
  const mark = hash(JSON.stringify(mapping)).slice(0, 16);
  return (person: DirectoryPerson): DirectoryPerson => ({ ...person, hash: `${person.hash}.${mark}` });
}
