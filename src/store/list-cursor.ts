import { foreignCursor } from '../core/errors.ts';
import type { FieldOrder } from '../ports/user-store.ts';

type Order = FieldOrder & { readonly descending: boolean };

/** The cursor of a page in an order: its key, and the order it is of. */
export function cursorOf(order: Order, key: string): string {
  return `${nameOf(order)}.${Buffer.from(key).toString('base64url')}`;
}

/** The key in a cursor; null at the start. Throws `invalid` for the cursor of another list or order. */
export function keyIn(order: Order, cursor: string | null): string | null {
  if (cursor === null) return null;
  const [name, key] = cursor.split('.');
  if (name !== nameOf(order) || !key) throw foreignCursor();
  return Buffer.from(key, 'base64url').toString();
}

const nameOf = ({ field, descending }: Order): string => `${descending ? '-' : ''}${field}`;
