/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  readonly text: string;
}

export interface ExchangeLimits {
  /** For one whole HTTP exchange, body included. */
  readonly timeoutMs: number;
  /** Ends every exchange when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** 999 people with every property filled stay far below; more is not an answer of Microsoft. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** How every request is sent: no redirect is followed, and none lasts longer than allowed. */
export function boundedBy({ timeoutMs, signal }: ExchangeLimits): Pick<RequestInit, 'redirect' | 'signal'> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return { redirect: 'error', signal: signal ? AbortSignal.any([signal, timeout]) : timeout };
}

/** Reads an answer to its end; throws when it does not come to one, or is too large. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers, body } = response;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > LARGEST_ANSWER) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return { status, headers, text: Buffer.concat(chunks).toString() };
}
