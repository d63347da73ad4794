import { z } from 'zod';
import { foreignCursor } from '../core/errors.ts';

/** A whole number in a query, within bounds. */
export function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(least, message).max(most, message));
}

/** Parameters of every list. */
export const PAGING = {
  limit: wholeNumber(1, 200).default(50),
  cursor: z.string().min(1).max(2_000).optional().meta({ description: 'The `next` of the page before.' }),
};

const next = z.string().nullable().meta({ description: 'The cursor of the page that follows; null after the last.' });

/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next, total: z.int().meta({ description: 'Items on all pages together.' }) });

/** One or more of a set's words, joined by commas: any of them. */
export function anyOf<Word extends string>(words: readonly [Word, ...Word[]]) {
  const message = `must be one or more of ${words.join(', ')}, joined by commas`;
  const isWord = (text: string) => words.some((word) => word === text);
  return (
    z
      .string()
      .transform((text) => text.split(','))
      // Told by itself: of a value that is none of a few, the parser says that it is missing where it cannot be found in what was sent.
      .pipe(z.array(z.string().refine(isWord, message)))
      .pipe(z.array(z.enum(words)))
      .meta({ description: `One or more of ${words.join(', ')}, joined by commas.` })
  );
}

/** The cursors of a list whose pages follow a key. They say of which list they are, so that what another one gave out is refused. */
export function cursorsOf(list: string) {
  const cursorOf = (key: string) => `${list}.${Buffer.from(key).toString('base64url')}`;
  return {
    /** The key a page follows; null at the start. Throws `invalid` for a cursor that this list did not give out. */
    keyIn(cursor: string | undefined): string | null {
      if (cursor === undefined) return null;
      const key = Buffer.from(cursor.slice(list.length + 1), 'base64url').toString();
      if (key === '' || cursorOf(key) !== cursor) throw foreignCursor();
      return key;
    },
    /** The page that follows a key; null after the last. */
    next: (key: string | null) => (key === null ? null : cursorOf(key)),
  };
}
