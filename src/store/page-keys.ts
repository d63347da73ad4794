import { foreignCursor } from '../core/errors.ts';
import type { SortValue } from '../ports/user-store.ts';

/** Where a page ended: what the last one shown is ordered by, and their place in the order of creation. */
export interface PageKey<Place> {
  readonly value: SortValue;
  readonly place: Place;
}

export function keyText(value: SortValue, place: string | number): string {
  return JSON.stringify([value, place]);
}

/** The end a key names. Throws `invalid` for a text that is no key. */
export function readKey<Place>(text: string, isPlace: (value: unknown) => value is Place): PageKey<Place> {
  const [value, place] = parsed(text);
  const isValue = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  if (!isValue || !isPlace(place)) throw foreignCursor();
  return { value: value as SortValue, place };
}

function parsed(text: string): readonly unknown[] {
  try {
    const key: unknown = JSON.parse(text);
    if (Array.isArray(key) && key.length === 2) return key;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw foreignCursor();
}
