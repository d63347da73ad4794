import type { DirectoryPerson } from './directory-person.ts';
import { fold } from './fold.ts';
import type { ScopeRules, SyncScope } from './sync-options.ts';

/** Of a group that holds everybody of the tenant. */
export const EVERYBODY = '*';

interface Kind {
  readonly list: keyof ScopeRules;
  readonly title: string;
  /** The entry that names the person; undefined when none does. */
  match(entries: readonly string[], person: DirectoryPerson, groups: readonly string[]): string | undefined;
}

/** In the order in which they are named to whoever asks why. */
const KINDS: readonly Kind[] = [
  {
    list: 'people',
    title: 'person',
    match: (entries, { externalId, email }) =>
      entries.find((entry) => entry === externalId || (email !== null && entry === fold(email))),
  },
  {
    list: 'orgUnits',
    title: 'organizational unit',
    match: (entries, { orgUnit }) => entries.find((entry) => orgUnit !== null && isWithin(orgUnit, entry)),
  },
  {
    list: 'domains',
    title: 'domain',
    match: (entries, { email }) => entries.find((entry) => email !== null && fold(email).endsWith(`@${entry}`)),
  },
  {
    list: 'groups',
    title: 'group',
    match: (entries, _person, groups) => entries.find((entry) => groups.includes(entry)),
  },
];

/**
 * Why a person is out of the scope, in words; null when they are in.
 *
 * In is whom every list of `include` that is not empty names and no list of `exclude` does. `groups` are those of the scope that the
 * person is a member of.
 */
export function outOfScope(
  { include, exclude }: SyncScope,
  person: DirectoryPerson,
  groups: readonly string[],
): string | null {
  for (const { list, title, match } of KINDS) {
    const entry = exclude[list].length > 0 ? match(exclude[list], person, groups) : undefined;
    if (entry !== undefined) return `out of scope: the ${title} ${entry} is excluded`;
  }
  for (const { list, title, match } of KINDS)
    if (include[list].length > 0 && match(include[list], person, groups) === undefined)
      return `out of scope: not in any ${title} that is included`;
  return null;
}

/** Groups whose members must be known to tell who is in. */
export function groupsOf({ include, exclude }: SyncScope): readonly string[] {
  return [...new Set([...include.groups, ...exclude.groups])];
}

/** The scope as far as it can be told without knowing who is in which group. */
export function withoutGroups({ include, exclude, onLeave }: SyncScope): SyncScope {
  return { include: { ...include, groups: [] }, exclude: { ...exclude, groups: [] }, onLeave };
}

/** Whether a path lies at or below another: `/Sales/EMEA` does below `/Sales`, `/Salesforce` does not. */
function isWithin(path: string, unit: string): boolean {
  const [inner, outer] = [fold(path), fold(unit)];
  return outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
}
