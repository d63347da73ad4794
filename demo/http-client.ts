import { expectStatus } from './expectations.ts';

export interface Answer {
  readonly status: number;
  /** Parsed JSON; null when there was no body. */
  readonly body: Json;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field as the story goes
export type Json = any;

export interface HttpClient {
  get(path: string, status?: number): Promise<Json>;
  send(method: string, path: string, body: unknown, status: number): Promise<Json>;
  /** Sends a file as it is. */
  upload(path: string, text: string, type: string, status: number): Promise<Json>;
}

const TIMEOUT_MS = 30_000;

/** A plain JSON client with one bearer key, which asks for the address anew at every call; every answer's status is checked, and a surprise is told with its body. */
export function createHttpClient(baseUrl: () => string, bearer: string, mediaType = 'application/json'): HttpClient {
  const exchange = async (method: string, path: string, body: string | undefined, type: string, status: number) => {
    const response = await fetch(`${baseUrl()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        accept: mediaType,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    expectStatus(`${method} ${path}`, response.status, status, text);
    return text === '' ? null : JSON.parse(text);
  };
  const call = (method: string, path: string, body: unknown, status: number): Promise<Json> =>
    exchange(method, path, body === undefined ? undefined : JSON.stringify(body), mediaType, status);
  return {
    get: (path, status = 200) => call('GET', path, undefined, status),
    send: call,
    upload: (path, text, type, status) => exchange('POST', path, text, type, status),
  };
}
