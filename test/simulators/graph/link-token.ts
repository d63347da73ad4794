import { createHmac, timingSafeEqual } from 'node:crypto';

const LIVES_MS = 7 * 86_400_000;

/** Where a listing or a delta goes on. */
export interface LinkPlace {
  readonly for: 'list' | 'delta';
  /** The properties asked for at the start; null = the usual ones. */
  readonly select: string | null;
  /** Position of the next person, or, in a round of changes, the sequence number the last page ended with. */
  readonly position: number;
  /** Of a delta: changes after this sequence number have not been told; null while everybody is listed. */
  readonly since: number | null;
  /** Of a delta's listing of everybody: the sequence number at its start. */
  readonly startedAt: number;
  readonly page: number;
  readonly size: number;
}

export interface LinkTokens {
  issue(place: LinkPlace): string;
  /** Where it goes on; `expired` after seven days, `bad` when forged. */
  read(token: string): LinkPlace | 'expired' | 'bad';
}

/** Opaque, signed tokens as next and delta links carry them; padded, as real ones are. */
export function createLinkTokens(secret: string, now: () => number): LinkTokens {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest().subarray(0, 16);

  return {
    issue(place) {
      const text = JSON.stringify([place, now()]);
      return Buffer.concat([sign(text), Buffer.from(text)])
        .toString('base64')
        .replaceAll('+', '-')
        .replaceAll('/', '_');
    },
    read(token) {
      const bytes = Buffer.from(token, 'base64url');
      const text = bytes.subarray(16).toString();
      if (bytes.length < 17 || !timingSafeEqual(bytes.subarray(0, 16), sign(text))) return 'bad';
      const [place, issuedAt] = JSON.parse(text);
      return now() - issuedAt > LIVES_MS ? 'expired' : place;
    },
  };
}
