import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { LOCATION } from './person-attributes.ts';
import { BUILT_IN_EXTENSION } from './reserved-scim-names.ts';
import type { User } from './user.ts';

/** What a column of a CSV file of people holds. */
export type ColumnName =
  | 'email'
  | 'name'
  | 'givenName'
  | 'familyName'
  | 'title'
  | 'department'
  | 'location'
  | 'division'
  | 'costCenter'
  | 'organization'
  | 'employeeNumber'
  | 'manager'
  | 'phone'
  | 'timezone'
  | 'locale'
  | 'preferredLanguage'
  | 'userType'
  | 'nickName'
  | 'profileUrl';

/** How one column is read from a person, and what it makes of the attribute it belongs to. */
export interface ColumnRule {
  /** Canonical name of the attribute; null: the address. */
  readonly attribute: string | null;
  /** Part of an object, `value` of an element of a list, or the attribute itself. */
  readonly shape: 'text' | 'list' | { readonly part: string };
  /** Headers it is known by beside its own name, compared without case, blanks and punctuation. */
  readonly synonyms: readonly string[];
}

const text = (attribute: string | null, ...synonyms: readonly string[]): ColumnRule => ({
  attribute,
  shape: 'text',
  synonyms,
});
const part = (attribute: string, name: string, ...synonyms: readonly string[]): ColumnRule => ({
  attribute,
  shape: { part: name },
  synonyms,
});
const work = (name: string, ...synonyms: readonly string[]) => text(`${BUILT_IN_EXTENSION}:${name}`, ...synonyms);

/** Columns an import may write, in the order they are exported in. */
export const COLUMNS: { readonly [name in ColumnName]: ColumnRule } = {
  email: text(null, 'e-mail', 'mail', 'email address', 'work email', 'primary email', 'user name', 'login'),
  name: text('displayName', 'display name', 'full name'),
  givenName: part('name', 'givenName', 'first name', 'forename'),
  familyName: part('name', 'familyName', 'last name', 'surname'),
  title: text('title', 'job title', 'position'),
  department: work('department', 'dept', 'team'),
  location: text(LOCATION, 'office', 'office location', 'site'),
  division: work('division', 'business unit'),
  costCenter: work('costCenter', 'cost centre'),
  organization: work('organization', 'company'),
  employeeNumber: work('employeeNumber', 'employee id', 'staff number', 'personnel number'),
  manager: part(`${BUILT_IN_EXTENSION}:manager`, 'value', 'manager id', 'reports to'),
  phone: { attribute: 'phoneNumbers', shape: 'list', synonyms: ['phone number', 'telephone', 'mobile'] },
  timezone: text('timezone', 'time zone', 'tz'),
  locale: text('locale'),
  preferredLanguage: text('preferredLanguage', 'language'),
  userType: text('userType', 'employment type'),
  nickName: text('nickName', 'preferred name'),
  profileUrl: text('profileUrl', 'linkedin', 'linkedin url', 'profile'),
};

export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly ColumnName[];

/** Columns that are exported and recognised, and never written by an import. */
export const IGNORED_COLUMNS = ['id', 'kind', 'status', 'level', 'roles', 'pools', 'agency', 'scimId'] as const;

const READ_ONLY: readonly (readonly [name: string, read: (user: User) => string])[] = [
  ['kind', ({ kind }) => kind],
  ['status', ({ status }) => status],
  ['level', ({ access }) => access.level],
  ['pools', ({ access }) => access.pools.join(';')],
];

/** The header of an export. */
export const EXPORT_HEADER: readonly string[] = ['id', ...COLUMN_NAMES, ...READ_ONLY.map(([name]) => name)];

/** A person as a row of an export. */
export function exportRow(user: User): readonly string[] {
  return [user.id, ...COLUMN_NAMES.map((name) => cellOf(user, name)), ...READ_ONLY.map(([, read]) => read(user))];
}

/** The effective value a column shows; '' without one. */
export function cellOf(user: Pick<User, 'attributes' | 'email'>, name: ColumnName): string {
  const { attribute, shape } = COLUMNS[name];
  if (attribute === null) return user.email ?? '';
  const value = user.attributes[attribute];
  if (shape === 'text') return plain(value);
  if (shape === 'list') return plain(firstOf(value)?.value);
  return isObject(value) ? plain(value[shape.part]) : '';
}

/** The attribute once a column says something else of it; '' takes it away. */
export function withCell(value: Json | undefined, name: ColumnName, cell: string): Json {
  const { shape } = COLUMNS[name];
  if (shape === 'text') return cell === '' ? null : cell;
  if (shape === 'list') return withElement(value, cell);
  const { [shape.part]: _, ...others } = isObject(value) ? value : {};
  // What was put together from the parts, or names the former manager, would be wrong beside the new ones.
  const kept = Object.entries(others).filter(([key]) => key !== 'formatted' && key !== 'displayName' && key !== '$ref');
  const next = { ...Object.fromEntries(kept), ...(cell === '' ? {} : { [shape.part]: cell }) };
  return Object.keys(next).length === 0 ? null : next;
}

function withElement(value: Json | undefined, cell: string): Json {
  const elements = isList(value) ? value : [];
  const first = firstOf(value);
  const others = elements.filter((element) => element !== first);
  if (cell === '') return others.length === 0 ? null : others;
  return [{ ...first, value: cell }, ...others];
}

function firstOf(value: Json | undefined): JsonObject | undefined {
  const elements = isList(value) ? value.filter(isObject) : [];
  return elements.find(({ primary }) => primary === true) ?? elements[0];
}

function plain(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
