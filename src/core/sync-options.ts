import { GUARD_LIMITS, type GuardLimits } from './guard.ts';
import type { Integration } from './integration.ts';
import type { DirectoryName } from './user.ts';

/** Who is meant: any entry of any list. An empty list says nothing. */
export interface ScopeRules {
  /** Paths of organizational units, with everything below them. */
  readonly orgUnits: readonly string[];
  /** Keys or addresses of directory groups; their direct members. */
  readonly groups: readonly string[];
  /** Domains of addresses, folded. */
  readonly domains: readonly string[];
  /** Addresses, folded, or the directory's own keys. */
  readonly people: readonly string[];
}

/** Which people of a directory are taken. Somebody is in when every list of `include` that is not empty names them, and none of `exclude` does. */
export interface SyncScope {
  readonly include: ScopeRules;
  readonly exclude: ScopeRules;
  /** What happens to people taken before who are out of the scope now. */
  readonly onLeave: 'keep' | 'deactivate';
}

/** Fields of a directory person that a mapping may read. */
export const MAPPABLE_FIELDS = [
  'email',
  'givenName',
  'familyName',
  'displayName',
  'title',
  'department',
  'employeeNumber',
  'orgUnit',
  'kind',
] as const;
export type MappableField = (typeof MAPPABLE_FIELDS)[number];

/** Where a mapped value comes from: a field, a text, or a transform of others. An empty text is no value. */
export type MappingValue =
  | { readonly field: MappableField }
  | { readonly constant: string }
  | { readonly trim: MappingValue }
  | { readonly lower: MappingValue }
  | { readonly firstOf: readonly MappingValue[] }
  | { readonly join: readonly MappingValue[]; readonly separator: string };

/** What one attribute is made of; `value` null: the directory says nothing about it. */
export interface MappingRule {
  /** An attribute by its name in the API, such as `title` or `name.givenName`. */
  readonly attribute: string;
  readonly value: MappingValue | null;
}

export interface QuietHours {
  /** `HH:MM`; a `to` before `from` is on the next day. */
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** When scheduled runs start. Runs asked for by hand do not mind it. */
export interface SyncSchedule {
  readonly fullEveryMinutes: number;
  /** Between full runs, where the directory can tell what changed. */
  readonly deltaEveryMinutes: number;
  readonly paused: boolean;
  readonly quietHours: QuietHours | null;
}

/** What a run may take away without asking (design §2.6). */
export interface RemovalRules {
  readonly limits: GuardLimits;
  /** What a run above the limits keeps back: the harmful changes, or all it would do. */
  readonly hold: 'harmful' | 'everything';
  /** Between somebody's absence and its effect. */
  readonly graceHours: number;
  /** Addresses, folded, or the directory's own keys, of people whom no run takes away. */
  readonly protected: readonly string[];
}

/** What an admin may choose about one integration. */
export interface SyncOptions {
  readonly scope: SyncScope;
  readonly mapping: readonly MappingRule[];
  readonly schedule: SyncSchedule;
  readonly removals: RemovalRules;
}

const NO_RULES: ScopeRules = { orgUnits: [], groups: [], domains: [], people: [] };

export const WHOLE_DIRECTORY: SyncScope = { include: NO_RULES, exclude: NO_RULES, onLeave: 'keep' };

const SCHEDULES: { readonly [source in DirectoryName]: SyncSchedule } = {
  google: { fullEveryMinutes: 60, deltaEveryMinutes: 60, paused: false, quietHours: null },
  microsoft: { fullEveryMinutes: 8_640, deltaEveryMinutes: 15, paused: false, quietHours: null },
};

const REMOVALS: RemovalRules = { limits: GUARD_LIMITS, hold: 'harmful', graceHours: 0, protected: [] };

/** The options of an integration, with the usual ones where nothing was chosen. */
export function optionsOf({ source, options = {} }: Pick<Integration, 'source' | 'options'>): SyncOptions {
  return { scope: WHOLE_DIRECTORY, mapping: [], schedule: SCHEDULES[source], removals: REMOVALS, ...options };
}

/** What a run goes by: the integration's options, and what a dry run tries in their place. */
export function optionsOfRun(
  { proposal = {} }: { readonly proposal?: Partial<Pick<SyncOptions, 'scope' | 'mapping'>> },
  integration: Pick<Integration, 'source' | 'options'>,
): SyncOptions {
  return { ...optionsOf(integration), ...proposal };
}
