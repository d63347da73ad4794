import type { Operation } from './fault-rule.ts';

/** Which part of Graph or of the login a call is for. */
export interface Target {
  readonly operation: Operation;
  readonly parameters: URLSearchParams;
  /** What the path names: a person, a group, or, for a token, the tenant. */
  readonly key: string | null;
}

type Row = readonly [method: 'GET' | 'POST', path: RegExp, operation: Operation];

/** First match wins; a group is the key. */
const ROWS: readonly Row[] = [
  ['POST', /^\/([^/]+)\/oauth2\/v2\.0\/token$/, 'token'],
  ['POST', /^\/v1\.0\/\$batch$/, 'batch'],
  ['GET', /^\/v1\.0\/users$/, 'users.list'],
  ['GET', /^\/v1\.0\/users\/(?:delta|microsoft\.graph\.delta)(?:\(\))?$/, 'users.delta'],
  ['GET', /^\/v1\.0\/users\/([^/]+)$/, 'users.get'],
  ['GET', /^\/v1\.0\/groups$/, 'groups.list'],
  ['GET', /^\/v1\.0\/groups\/([^/]+)$/, 'groups.get'],
  ['GET', /^\/v1\.0\/groups\/([^/]+)\/members$/, 'members.list'],
  ['GET', /^\/v1\.0\/directory\/deletedItems\/microsoft\.graph\.user$/, 'deleted.list'],
  ['GET', /^\/v1\.0\/directory\/deletedItems\/([^/]+)$/, 'deleted.get'],
  ['GET', /^\/v1\.0\/organization$/, 'organization'],
];

/** Reads method and URL; null when Graph has nothing there. */
export function targetOf(method: string | undefined, url: string | undefined): Target | null {
  const { pathname, searchParams: parameters } = new URL(url ?? '/', 'http://simulator');
  for (const [rowMethod, path, operation] of ROWS) {
    const match = method === rowMethod ? path.exec(pathname) : null;
    if (match) return { operation, parameters, key: match[1] === undefined ? null : unescapePath(match[1]) };
  }
  return null;
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an escape sequence after all: taken as it stands, it names nobody.
    return text;
  }
}
