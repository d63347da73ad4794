import { createHmac, timingSafeEqual } from 'node:crypto';

const LIVES_MS = 3 * 86_400_000;

/** Where a listing goes on, and for which query. */
export interface PagePlace {
  readonly position: number;
  /** The parameters of the listing; another query cannot use the token. */
  readonly query: string;
}

export interface PageTokens {
  issue(place: PagePlace): string;
  /** The position, or null when the token is forged, three days old, or of another query. */
  read(token: string, query: string): number | null;
}

/** Opaque, signed page tokens. */
export function createPageTokens(secret: string, now: () => number): PageTokens {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest().subarray(0, 16);

  return {
    issue({ position, query }) {
      const text = JSON.stringify([position, query, now()]);
      return Buffer.concat([sign(text), Buffer.from(text)]).toString('base64');
    },
    read(token, query) {
      const bytes = Buffer.from(token, 'base64');
      const text = bytes.subarray(16).toString();
      if (bytes.length < 17 || !timingSafeEqual(bytes.subarray(0, 16), sign(text))) return null;
      const [position, itsQuery, issuedAt] = JSON.parse(text);
      return itsQuery === query && now() - issuedAt <= LIVES_MS ? position : null;
    },
  };
}
