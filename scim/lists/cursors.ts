import { isObject, type Json } from '../../src/core/json.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { LIMITS } from '../messages/limits.ts';
import { parseJson } from '../messages/parse-json.ts';
import { expiredCursor, invalidCount, invalidCursor } from '../messages/scim-error.ts';

/** The list a cursor belongs to; it opens for no other. */
export interface CursorPlace {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Endpoint, filter and order. */
  readonly list: readonly string[];
}

/** Cursors of RFC 9865: sealed, so that nobody reads or makes one, and in unreserved characters only. */
export interface Cursors {
  /** The cursor of the page after `key`, whose pages have `count` resources. */
  seal(place: CursorPlace, key: string, count: number): string;
  /**
   * The key. Throws 400 `invalidCursor` for anything this list did not give out, `expiredCursor` after an hour, `invalidCount` when
   * the pages had another count.
   */
  open(place: CursorPlace, cursor: string, count: number): string;
}

export function createCursors(secrets: Pick<Secrets, 'seal' | 'open'>, clock: Clock): Cursors {
  return {
    seal(place, key, count) {
      const until = clock.now() + LIMITS.cursorTimeout * 1000;
      return secrets.seal(JSON.stringify({ key, count, until }), sealPlace(place));
    },
    open(place, cursor, count) {
      const content = contentOf(secrets, place, cursor);
      if (!isObject(content) || typeof content.key !== 'string') throw invalidCursor();
      if (Number(content.until) <= clock.now()) throw expiredCursor();
      if (content.count !== count) throw invalidCount();
      return content.key;
    },
  };
}

function contentOf(secrets: Pick<Secrets, 'open'>, place: CursorPlace, cursor: string): Json | undefined {
  try {
    return parseJson(secrets.open(cursor, sealPlace(place)));
  } catch {
    // Whatever does not open was forged, cut, or given out for another list: the client hears the same of all.
    throw invalidCursor();
  }
}

function sealPlace({ organizationId, connectionId, list }: CursorPlace) {
  return { organizationId, integrationId: connectionId, field: JSON.stringify(['cursor', ...list]) };
}
