import type { Operation } from './fault-rule.ts';

/** Which part of Google a call is for. */
export interface Target {
  readonly operation: Operation;
  readonly parameters: URLSearchParams;
  /** The key in the path: of a person, a group or a customer. */
  readonly key: string | null;
}

const USERS = '/admin/directory/v1/users';
const GROUPS = '/admin/directory/v1/groups';
const CUSTOMERS = '/admin/directory/v1/customers';

/** Reads method and URL; null when Google has nothing there. */
export function targetOf(method: string | undefined, url: string | undefined): Target | null {
  const { pathname, searchParams: parameters } = new URL(url ?? '/', 'http://simulator');
  if (method === 'POST') return pathname === '/token' ? { operation: 'token', parameters, key: null } : null;
  if (method !== 'GET') return null;
  if (pathname === USERS) return { operation: 'users.list', parameters, key: null };
  const [parent, key] = splitPath(pathname);
  const [grandparent, group] = splitPath(parent);
  if (grandparent === GROUPS && key === 'members') return { operation: 'members.list', parameters, key: group };
  if (parent === GROUPS) return { operation: 'groups.get', parameters, key };
  if (parent === USERS) return { operation: 'users.get', parameters, key };
  return parent === CUSTOMERS ? { operation: 'customers.get', parameters, key } : null;
}

function splitPath(pathname: string): readonly [parent: string, last: string] {
  const slash = pathname.lastIndexOf('/');
  return [pathname.slice(0, slash), unescapePath(pathname.slice(slash + 1))];
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an escape sequence after all: taken as it stands, it names nobody.
    return text;
  }
}
