import { z } from 'zod';
import type { Condition, UserField } from '../ports/condition.ts';
import type { UserStore } from '../ports/user-store.ts';
import { SOURCES, STATUSES } from './common-schemas.ts';
import { anyOf } from './pagination.ts';

const EVERYONE = 'all';
const KINDS = ['employee', 'agency'] as const;
const LEVELS = ['limited', 'elevated', 'admin'] as const;
const SORTS = ['name', '-name', 'created', '-created', 'updated', '-updated'] as const;
const MOST_VALUES = 50;
/** Times are compared as texts, and years have four digits in them. */
const END_OF_TIME = Date.parse('+010000-01-01T00:00:00Z');

/** One or more values joined by commas: any of them. */
const anyText = (what: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().min(1, 'must not be empty').max(200)).max(MOST_VALUES))
    .optional()
    .meta({ description: `${what}; several are joined by commas and mean any of them.` });

/** What people may be filtered by: all of the parameters, each by any of its values. */
export const USER_FILTERS = {
  status: anyOf([...STATUSES, EVERYONE]).optional(),
  kind: anyOf([...KINDS, EVERYONE]).optional(),
  agency: anyText('Ids of agencies'),
  level: anyOf(LEVELS).optional(),
  role: anyText('Roles that are granted now, for whatever scope; dormant ones do not count'),
  job: anyText('Jobs that a role is granted for now'),
  department: anyText('Departments, as the person has them'),
  location: anyText('Locations, as the person has them'),
  pool: anyText('Interviewer pools'),
  source: anyOf(SOURCES).optional(),
  hostId: z.string().min(1).max(200).optional().meta({ description: "The host application's own id, as a whole." }),
  updatedSince: z.iso
    .datetime({ offset: true })
    .refine((time) => Date.parse(time) < END_OF_TIME, 'must lie before the year 10000')
    .optional()
    .meta({ description: 'Changed at that time or later.' }),
  q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the name or the address.' }),
};

const filtersSchema = z.strictObject(USER_FILTERS);
export type UserFilters = z.output<typeof filtersSchema>;

/** The order of a list; by creation unless told. */
export const USER_SORT = z.enum(SORTS).optional().meta({ description: 'By creation unless told; - turns it round.' });

/** Filters nobody asked for. */
export const appliedDefaultsSchema = z
  .object({ status: z.string().optional(), kind: z.string().optional() })
  .meta({ description: 'Filters nobody asked for.' });

/**
 * Active employees, unless something says otherwise: a status, `all` of which means everybody; a kind or an agency; an id of the
 * host's, which means just that person.
 */
export function appliedDefaults({ status, kind, agency, hostId }: UserFilters) {
  const isOpen = status?.includes(EVERYONE) === true || hostId !== undefined;
  return {
    ...(status === undefined && !isOpen ? { status: 'active' as const } : {}),
    ...(kind === undefined && agency === undefined && !isOpen ? { kind: 'employee' as const } : {}),
  };
}

/** Statuses asked for; empty: any. */
export function statusesOf(filters: UserFilters): readonly (typeof STATUSES)[number][] {
  const { status } = appliedDefaults(filters);
  if (status) return [status];
  const asked = filters.status ?? [];
  return asked.includes(EVERYONE) ? [] : asked.filter((one) => one !== EVERYONE);
}

/** Whom the filters select, but for their status. */
export function conditionBesideStatus(filters: UserFilters): Condition | null {
  const { kind } = appliedDefaults(filters);
  const kinds = kind ? [kind] : (filters.kind ?? []);
  const { updatedSince, q } = filters;
  return allOf([
    ['hostId', filters.hostId === undefined ? [] : [filters.hostId]],
    ['agency', filters.agency ?? []],
    ['jobs', filters.job ?? []],
    ['roles', filters.role ?? []],
    ['pools', filters.pool ?? []],
    ['kind', kinds.includes(EVERYONE) ? [] : kinds],
    ['level', filters.level ?? []],
    ['department', filters.department ?? []],
    ['location', filters.location ?? []],
    ['sources', filters.source ?? []],
    ['updated', updatedSince === undefined ? [] : [new Date(updatedSince).toISOString()]],
    ['q', q === undefined ? [] : [q]],
  ]);
}

/** Whom the filters select. */
export function conditionOf(filters: UserFilters): Condition | null {
  const others = conditionBesideStatus(filters);
  const status = allOf([['status', statusesOf(filters)]]);
  return others && status ? { and: [status, others] } : (status ?? others);
}

const ORDER_FIELDS = { name: 'name', created: 'created', updated: 'updated' } as const;

/** The order a store is asked for. */
export function orderOf(sort: (typeof SORTS)[number] | undefined): Parameters<UserStore['list']>[4] {
  if (sort === undefined || sort === 'created') return undefined;
  const descending = sort.startsWith('-');
  return { field: ORDER_FIELDS[sort.replace('-', '') as keyof typeof ORDER_FIELDS], descending };
}

const OPERATORS = { updated: 'ge', q: 'co' } as const;

/** All of the fields, each by any of its values; a field without values does not count. */
function allOf(wanted: readonly (readonly [UserField, readonly string[]])[]): Condition | null {
  const parts = wanted.flatMap(([field, values]): readonly Condition[] => {
    const op = field === 'updated' || field === 'q' ? OPERATORS[field] : 'eq';
    const any = [...new Set(values)].map((value): Condition => ({ field, op, value }));
    return any.length > 1 ? [{ or: any }] : any;
  });
  const [only = null] = parts;
  return parts.length > 1 ? { and: parts } : only;
}
