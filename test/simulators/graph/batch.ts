import { ok, type Reply } from '../shared/reply.ts';
import { apiError } from './reply.ts';

const MOST = 20;

/**
 * Answers `POST /$batch`: up to 20 reads, each with its own status; the batch itself is 200 even when all of them fail.
 *
 * `ask` answers one of them by its URL, relative to the version.
 */
export function answerBatch(body: string, ask: (url: string) => Reply): Reply {
  const requests = requestsOf(body);
  if (!requests) return apiError(400, 'BadRequest', 'Invalid batch payload format.');
  if (requests.length > MOST)
    return apiError(400, 'BadRequest', `Number of batch request steps exceeds the maximum value of ${MOST}.`);
  const responses = requests.map(({ id, url }) => {
    const { status, headers = {}, body: answer } = ask(url);
    return { id, status, headers: { ...headers, 'Content-Type': 'application/json' }, body: answer };
  });
  return ok({ responses });
}

interface Inner {
  readonly id: string;
  readonly url: string;
}

function requestsOf(body: string): readonly Inner[] | null {
  const { requests }: { requests?: unknown } = JSON.parse(body || '{}');
  if (!Array.isArray(requests)) return null;
  const inner = requests.filter(
    ({ id, method, url }) =>
      typeof id === 'string' && method === 'GET' && typeof url === 'string' && url.startsWith('/'),
  );
  return inner.length === requests.length ? inner : null;
}
