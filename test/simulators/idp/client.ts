import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, and every look is a check
export type Json = any;

export interface Answer {
  readonly method: string;
  /** Below the base URL. */
  readonly path: string;
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
  /** Parsed; undefined without a body, and for one that is not JSON. */
  readonly body: Json;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers: { readonly [name: string]: string };
}

/** Okta's own patience, the longest of all. */
const TIMEOUT_MS = 60_000;

/** Sends one request with these headers and no others; rejects when nobody answers within 60 s. */
export function ask(base: string, { method, path, body, headers }: Asked): Promise<Answer> {
  const url = new URL(`${base}${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { ...length, ...headers }, timeout: TIMEOUT_MS });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 60 s')));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answered = Buffer.concat(chunks).toString('utf8');
        const mediaType = response.headers['content-type'] ?? '';
        resolve({ method, path, status: response.statusCode ?? 0, mediaType, text: answered, body: parsed(answered) });
      });
    });
    outgoing.end(text);
  });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
