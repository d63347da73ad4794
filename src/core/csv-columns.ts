import { MOST_INTERVIEWS } from './attribute-checks.ts';
import { ADDRESS_TEXT, type CellType, custom, NAME, TEXT, TIME_ZONE, upTo, WEB_ADDRESS } from './csv-values.ts';
import { isList, isObject, type Json, type JsonObject } from './json.ts';
import type { Settings } from './organization.ts';
import { CUSTOM_EXTENSION, type CustomField, LOCATION, PERSON_EXTENSION } from './person-attributes.ts';
import { BUILT_IN_EXTENSION } from './reserved-scim-names.ts';
import type { User } from './user.ts';

/** How one column is read from a person, and what it makes of the attribute it belongs to. */
export interface ColumnRule {
  /** Canonical name of the attribute; null: the address. */
  readonly attribute: string | null;
  /** Part of an object, `value` of an element of a list, or the attribute itself. */
  readonly shape: 'value' | 'list' | { readonly part: string };
  readonly type: CellType;
  /** Headers it is known by beside its own name, compared without case, blanks and punctuation. */
  readonly synonyms: readonly string[];
}

const whole = (attribute: string | null, type: CellType, ...synonyms: readonly string[]): ColumnRule => ({
  attribute,
  shape: 'value',
  type,
  synonyms,
});
const text = (attribute: string, ...synonyms: readonly string[]) => whole(attribute, TEXT, ...synonyms);
const part = (attribute: string, name: string, ...synonyms: readonly string[]): ColumnRule => ({
  attribute,
  shape: { part: name },
  type: TEXT,
  synonyms,
});
const work = (name: string, ...synonyms: readonly string[]) => text(`${BUILT_IN_EXTENSION}:${name}`, ...synonyms);
const limit = (name: keyof typeof MOST_INTERVIEWS, ...synonyms: readonly string[]) =>
  whole(`${PERSON_EXTENSION}:${name}`, upTo(MOST_INTERVIEWS[name]), ...synonyms);

/** Columns of attributes that everybody may have, in the order they are exported in. */
const BUILT_IN = {
  email: whole(
    null,
    ADDRESS_TEXT,
    'e-mail',
    'mail',
    'email address',
    'work email',
    'primary email',
    'user name',
    'login',
  ),
  name: whole('displayName', NAME, 'display name', 'full name'),
  givenName: part('name', 'givenName', 'first name', 'forename'),
  familyName: part('name', 'familyName', 'last name', 'surname'),
  title: text('title', 'job title', 'position'),
  department: work('department', 'dept', 'team'),
  location: text(LOCATION, 'office', 'office location', 'site'),
  division: work('division', 'business unit'),
  costCenter: work('costCenter', 'cost centre'),
  organization: work('organization', 'company'),
  employeeNumber: work('employeeNumber', 'employee id', 'employee no', 'staff number', 'personnel number'),
  manager: part(`${BUILT_IN_EXTENSION}:manager`, 'value', 'manager id', 'reports to'),
  phone: {
    attribute: 'phoneNumbers',
    shape: 'list',
    type: TEXT,
    synonyms: ['phone number', 'telephone', 'mobile', 'mobile phone'],
  },
  timezone: whole('timezone', TIME_ZONE, 'time zone', 'tz'),
  locale: text('locale'),
  preferredLanguage: text('preferredLanguage', 'language'),
  userType: text('userType', 'employment type'),
  nickName: text('nickName', 'preferred name'),
  profileUrl: text('profileUrl', 'profile', 'website'),
  linkedIn: whole(`${PERSON_EXTENSION}:linkedIn`, WEB_ADDRESS, 'linkedin url', 'linkedin profile'),
  dailyInterviewLimit: limit('dailyInterviewLimit', 'daily limit', 'interviews per day', 'max interviews per day'),
  weeklyInterviewLimit: limit('weeklyInterviewLimit', 'weekly limit', 'interviews per week', 'max interviews per week'),
} as const satisfies { readonly [name: string]: ColumnRule };

/** What a column of a CSV file of people holds. The key of a declared field follows `custom.`. */
export type ValueColumn = keyof typeof BUILT_IN | `custom.${string}`;
export type ColumnName = ValueColumn | typeof POOLS;

/** The column of interviewer pools, and what stands between two of them. */
export const POOLS = 'pools';
export const POOL_SEPARATOR = ';';
export const POOL_SYNONYMS = ['pool', 'interviewer pool', 'interviewer pools'] as const;

export const COLUMNS: { readonly [name in keyof typeof BUILT_IN]: ColumnRule } = BUILT_IN;
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly (keyof typeof BUILT_IN)[];

type Fields = Pick<Settings, 'customFields'>;

/** Columns an import of the organization may write attributes with, in the order they are exported in. */
export function valueColumns({ customFields = [] }: Fields): readonly ValueColumn[] {
  return [...COLUMN_NAMES, ...customFields.map(customColumn)];
}

export const customColumn = ({ key }: Pick<CustomField, 'key'>): ValueColumn => `custom.${key}`;

/** How a column is read and written; null for a field that the organization does not declare. */
export function ruleOf(name: ValueColumn, { customFields = [] }: Fields): ColumnRule | null {
  if (Object.hasOwn(COLUMNS, name)) return COLUMNS[name as keyof typeof COLUMNS];
  const field = customFields.find((one) => customColumn(one) === name);
  return field ? whole(`${CUSTOM_EXTENSION}:${field.key}`, custom(field), field.key, field.name) : null;
}

/** The effective value a column shows; '' without one. */
export function cellOf(user: Pick<User, 'attributes' | 'email'>, { attribute, shape }: ColumnRule): string {
  if (attribute === null) return user.email ?? '';
  const value = user.attributes[attribute];
  if (shape === 'value') return plain(value);
  if (shape === 'list') return plain(firstOf(value)?.value);
  return isObject(value) ? plain(value[shape.part]) : '';
}

/** The attribute once a column says something else of it; '' takes it away. */
export function withCell(value: Json | undefined, { shape, type }: ColumnRule, cell: string): Json {
  if (shape === 'value') return cell === '' ? null : type.valueOf(cell);
  if (shape === 'list') return withElement(value, cell);
  const { [shape.part]: _, ...others } = isObject(value) ? value : {};
  // What was put together from the parts, or names the former manager, would be wrong beside the new ones.
  const kept = Object.entries(others).filter(([key]) => key !== 'formatted' && key !== 'displayName' && key !== '$ref');
  const next = { ...Object.fromEntries(kept), ...(cell === '' ? {} : { [shape.part]: cell }) };
  return Object.keys(next).length === 0 ? null : next;
}

/** Without its first element there is none: the next one would be the first, and gone when the same is said again. */
function withElement(value: Json | undefined, cell: string): Json {
  if (cell === '') return null;
  const first = firstOf(value);
  if (first === undefined || !isList(value)) return [{ value: cell }];
  return value.map((element) => (element === first ? { ...first, value: cell } : element));
}

function firstOf(value: Json | undefined): JsonObject | undefined {
  const elements = isList(value) ? value.filter(isObject) : [];
  return elements.find(({ primary }) => primary === true) ?? elements[0];
}

/** A value as a cell shows it. */
export function plain(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
