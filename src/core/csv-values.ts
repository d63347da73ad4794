import {
  ADDRESS,
  customMistake,
  isTimeZone,
  isWebAddress,
  LONGEST_ADDRESS,
  LONGEST_NAME,
  LONGEST_TEXT,
  MISTAKES,
  textMistake,
} from './attribute-checks.ts';
import type { Json } from './json.ts';
import type { CustomField } from './person-attributes.ts';

/** What the cells of a column may say, blank ones apart. */
export interface CellType {
  /** The value a cell stands for. */
  valueOf(cell: string): Json;
  /** Why the value may not be an attribute's; null when it may. The same rules hold when an admin edits somebody. */
  mistakeIn(value: Json): string | null;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const numberIn = (cell: string): Json => (NUMBER.test(cell) ? Number(cell) : cell);
const booleanIn = (cell: string): Json => BOOLEANS.get(cell.toLowerCase()) ?? cell;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

const texts = (longest: number, check: (text: string) => string | null = () => null): CellType => ({
  valueOf: (cell) => cell,
  mistakeIn: (value) => textMistake(value, longest) ?? check(String(value)),
});

export const TEXT = texts(LONGEST_TEXT);
export const NAME = texts(LONGEST_NAME);
export const ADDRESS_TEXT = texts(LONGEST_ADDRESS, (text) => (ADDRESS.test(text) ? null : MISTAKES.address));
export const TIME_ZONE = texts(LONGEST_TEXT, (text) => (isTimeZone(text) ? null : MISTAKES.timeZone));
export const WEB_ADDRESS = texts(LONGEST_TEXT, (text) => (isWebAddress(text) ? null : MISTAKES.webAddress));

/** Whole numbers from 0. */
export const upTo = (most: number): CellType => ({
  valueOf: numberIn,
  mistakeIn: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
      ? null
      : `must be a whole number from 0 to ${most}`,
});

const CUSTOM_VALUES: Readonly<Record<CustomField['type'], CellType['valueOf']>> = {
  text: (cell) => cell,
  date: (cell) => cell,
  choice: (cell) => cell,
  number: numberIn,
  boolean: booleanIn,
};

/** The cells of a field that an organization declares. */
export const custom = (field: CustomField): CellType => ({
  valueOf: CUSTOM_VALUES[field.type],
  mistakeIn: (value) => customMistake(field, value),
});
