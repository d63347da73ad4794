import type { Route } from '../../src/http/route.ts';
import { ROUTES } from '../../src/http/routes.ts';
import type { ApiRequest } from '../support/api-client.ts';
import type { TestRollcall } from '../support/rollcall.ts';

/** The ids a path may name. */
export interface Ids {
  readonly org: string;
  readonly user: string;
  readonly run: string;
  readonly token: string;
  readonly conflict: string;
  readonly connection: string;
  /** A token of that connection; `token` is one of the first connection. */
  readonly connectionToken: string;
}

export const NOBODY: Ids = {
  org: 'none',
  user: 'none',
  run: 'none',
  token: 'none',
  conflict: 'none',
  connection: 'none',
  connectionToken: 'none',
};

/** Which of them `:id` is, by the noun before it. */
const ID_OF: ReadonlyMap<string, keyof Ids> = new Map([
  ['users', 'user'],
  ['runs', 'run'],
  ['scim-tokens', 'token'],
  ['scim-connections', 'connection'],
  ['tokens', 'connectionToken'],
  ['conflicts', 'conflict'],
]);

/** A body each operation would take; those without a line take none. */
function bodyOf(name: string, rollcall: TestRollcall): unknown {
  const bodies: { readonly [operation: string]: () => unknown } = {
    createOrganization: () => ({ name: 'Another' }),
    changeSettings: () => ({ linkExistingUsers: 'ask' }),
    createScimToken: () => ({ name: 'another' }),
    createConnectionToken: () => ({ name: 'another' }),
    rotateConnectionToken: () => ({ graceHours: 0 }),
    createScimConnection: () => ({ name: 'another connection' }),
    changeScimConnection: () => ({ quietPatch: true }),
    connectGoogle: () => {
      const { serviceAccount, subject } = rollcall.google();
      return { serviceAccount, subject };
    },
    createUser: () => ({ name: 'New Person', email: 'new.person@example.com' }),
    editUser: () => ({ title: 'Edited' }),
    setAccess: () => ({
      level: 'elevated',
      roles: [{ role: 'viewer', scope: { kind: 'job', id: '7' } }],
      pools: ['p1'],
    }),
    signIn: () => ({ email: 'new.person@example.com', at: '2026-11-01T10:00:00Z' }),
  };
  return bodies[name]?.();
}

const QUERIES: ReadonlyMap<string, string> = new Map([
  ['explainEmail', '?email=new.person%40example.com'],
  ['previewScimConnection', '?enabled=false'],
]);

/** A request a route would accept, for these ids. */
export function requestFor(route: Route, ids: Ids, rollcall: TestRollcall): ApiRequest {
  const noun = /\/([\w-]+)\/:id/.exec(route.path)?.[1] ?? '';
  const path = route.path
    .replace(':org', ids.org)
    .replace(':connection', ids.connection)
    .replace(':id', ids[ID_OF.get(noun) ?? 'user']);
  const method = route.method.toUpperCase();
  return { method, path: `${path}${QUERIES.get(route.name) ?? ''}`, body: bodyOf(route.name, rollcall) };
}

export const operatorRoutes = ROUTES.filter(({ policy }) => policy === 'operator');
