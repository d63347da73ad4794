import type { Asking } from '../asking.ts';
import { isRaw, type Raw } from '../raw.ts';
import type { GraphClient } from './client.ts';
import { meansAbsent } from './errors.ts';
import { type GraphFailure, malformed, refusal } from './failure.ts';
import { SELECT } from './person.ts';

/** Look-ups that fit into one batch. */
const MOST_IN_BATCH = 20;

type Found = Map<string, Raw | 'absent'>;

/**
 * Looks many people up, twenty a call; what Graph says of each, or `absent`.
 *
 * A batch is a good answer even when everything in it was throttled: whoever was not answered is asked for again, after the
 * longest wait any of them asked for.
 */
export async function lookUpMany(
  { ask }: Asking,
  client: GraphClient,
  externalIds: readonly string[],
  now: () => number,
): Promise<ReadonlyMap<string, Raw | 'absent'>> {
  const found: Found = new Map();
  for (let at = 0; at < externalIds.length; at += MOST_IN_BATCH) {
    const batch = externalIds.slice(at, at + MOST_IN_BATCH);
    await ask({ work: () => askBatch(client, batch, found, now) });
  }
  return found;
}

async function askBatch(client: GraphClient, batch: readonly string[], found: Found, now: () => number): Promise<void> {
  const missing = batch.filter((externalId) => !found.has(externalId));
  const requests = missing.map((externalId) => ({
    id: externalId,
    method: 'GET',
    url: `/users/${externalId}?$select=${SELECT}`,
  }));
  const { responses } = await client.post('/$batch', { requests }, requests.length);
  if (!Array.isArray(responses)) throw malformed('api', 'the answers of a batch are no list');
  const failures = responses.filter(isRaw).flatMap((response) => take(response, missing, found, now) ?? []);
  const [worst] = failures.toSorted((left, right) => (right.retryAfterMs ?? 0) - (left.retryAfterMs ?? 0));
  if (worst) throw worst;
  if (missing.some((externalId) => !found.has(externalId))) throw malformed('api', 'a batch left somebody out');
}

/** Keeps one answer of a batch, or returns what is wrong with it. */
function take(response: Raw, asked: readonly string[], found: Found, now: () => number): GraphFailure | null {
  const { id, status, body, headers } = response;
  const externalId = asked.find((candidate) => candidate === id);
  if (externalId === undefined || typeof status !== 'number')
    return malformed('api', 'a batch answered something else');
  if (status === 200 && isRaw(body) && body.id === externalId) {
    found.set(externalId, body);
    return null;
  }
  if (status === 200) return malformed('api', 'a batch holds an answer that cannot be read');
  const failure = refusal('api', status, new Headers(textsOf(headers)), body, now());
  if (!meansAbsent(failure)) return failure;
  found.set(externalId, 'absent');
  return null;
}

function textsOf(headers: unknown): [string, string][] {
  const entries = isRaw(headers) ? Object.entries(headers) : [];
  return entries.filter(
    (entry): entry is [string, string] => HEADERS.has(entry[0].toLowerCase()) && typeof entry[1] === 'string',
  );
}

/** The headers of an answer that matter here. */
const HEADERS: ReadonlySet<string> = new Set(['retry-after', 'date']);

/** A text as a filter names it, ready for a path. */
export const quoted = (text: string): string => `'${encodeURIComponent(text.replaceAll("'", "''"))}'`;
