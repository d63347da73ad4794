import type { Json } from './json.ts';
import type { CustomField } from './person-attributes.ts';

/** Characters at most. */
export const LONGEST_TEXT = 500;
export const LONGEST_NAME = 200;
export const LONGEST_ADDRESS = 320;

/** Interviews at most that may be set as a limit. */
export const MOST_INTERVIEWS = { dailyInterviewLimit: 50, weeklyInterviewLimit: 300 } as const;

/** How an address looks: exactly one @, no blanks. */
export const ADDRESS = /^[^\s@]+@[^\s@]+$/;

export const MISTAKES = {
  address: 'must be an email address with exactly one @',
  timeZone: 'must be a time zone such as Europe/Berlin',
  webAddress: 'must be an address such as https://www.linkedin.com/in/ada',
  number: 'must be a number',
  boolean: 'must be true or false',
  date: 'must be a date such as 2026-12-24',
} as const;

/** Names that need no asking, which is slow. */
const TIME_ZONES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', 'GMT']);

/** Whether the IANA database knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  if (TIME_ZONES.has(name)) return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Whether text is a day of the calendar, as in 2026-12-24. */
export function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

type Check = (value: Json, field: CustomField) => string | null;

const CUSTOM_CHECKS: Readonly<Record<CustomField['type'], Check>> = {
  text: (value) => textMistake(value, LONGEST_TEXT),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? null : MISTAKES.number),
  boolean: (value) => (typeof value === 'boolean' ? null : MISTAKES.boolean),
  date: (value) => (typeof value === 'string' && isDate(value) ? null : MISTAKES.date),
  choice: (value, { choices = [] }) =>
    typeof value === 'string' && choices.includes(value) ? null : `must be one of ${choices.join(', ')}`,
};

/** Why a field of an organization cannot have this value; null when it can. */
export function customMistake(field: CustomField, value: Json): string | null {
  return CUSTOM_CHECKS[field.type](value, field);
}

/** Why a text cannot be kept; null when it can. */
export function textMistake(value: Json, longest: number): string | null {
  if (typeof value !== 'string') return 'must be a text';
  if (value.includes('\0')) return 'must not hold a null character';
  return value.length <= longest ? null : `must have at most ${longest} characters`;
}
