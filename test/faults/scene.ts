import { setTimeout as sleep } from 'node:timers/promises';
import { createScimClient, type ScimClient } from '../scim/client.ts';
import { type ApiClient, type Body, createApiClient } from '../support/api-client.ts';
import { type ProcessOptions, type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';
import { expectStatus } from './installation.ts';

type Env = { readonly [name: string]: string };

/** Processes on one store, to be maltreated. */
export interface Scene {
  /** Starts one more process; with `PORT` in the environment, in the place of one that was. */
  start(env?: Env, options?: ProcessOptions): Promise<RollcallProcess>;
  /** Ends every process that is left, frozen or not. For the hook after a test, which runs even when it failed. */
  end(): Promise<void>;
}

export function createScene(common: Env): Scene {
  const started: RollcallProcess[] = [];
  return {
    async start(env = {}, options = {}) {
      const rollcall = await spawnRollcall({ ...common, ...env }, options);
      started.push(rollcall);
      return rollcall;
    },
    async end() {
      await Promise.all(started.splice(0).map((rollcall) => rollcall.end('SIGKILL')));
    },
  };
}

/** An organization with SCIM on, and how to call it over any of the processes. */
export interface Tenant {
  readonly id: string;
  /** Its address below `/api`. */
  readonly path: string;
  api(process: Pick<RollcallProcess, 'url'>): ApiClient;
  scim(process: Pick<RollcallProcess, 'url'>): ScimClient;
}

export const apiOf = ({ url }: Pick<RollcallProcess, 'url'>): ApiClient => createApiClient(url, OPERATOR_KEY);

/** Makes an organization with SCIM on. */
export async function createTenant(process: RollcallProcess): Promise<Tenant> {
  const organization = { name: 'Faults', domains: ['example.com'] };
  const { id } = expectStatus(await apiOf(process).post('/organizations', organization), 201);
  return connectScim(process, { id, path: `/organizations/${id}` });
}

/** Switches SCIM on and makes a token. */
export async function connectScim(
  process: RollcallProcess,
  { id, path }: Pick<Tenant, 'id' | 'path'>,
): Promise<Tenant> {
  const api = apiOf(process);
  expectStatus(await api.patch(`${path}/settings`, { scim: { enabled: true } }), 200);
  const { token } = expectStatus(await api.post(`${path}/scim-tokens`, { name: 'faults' }), 201);
  return { id, path, api: apiOf, scim: ({ url }) => createScimClient(`${url}/scim/v2/${id}`, token) };
}

/** Everything published so far, read to the end of the feed. */
export async function readFeed(api: ApiClient, path: string, after = 0): Promise<readonly Body[]> {
  const events: Body[] = [];
  for (let from: number | null = after; from !== null; ) {
    const page: Body = expectStatus(await api.get(`${path}/events?limit=1000&after=${from}`), 200);
    events.push(...page.items);
    from = page.next;
  }
  return events;
}

/** Waits until the look finds something; throws when it does not in time. Milliseconds from the call. */
export async function timeUntil(what: string, look: () => Promise<unknown>, patienceMs = 20_000): Promise<number> {
  const begin = performance.now();
  while (!(await look().catch(() => false))) {
    if (performance.now() - begin > patienceMs) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
  return performance.now() - begin;
}

/** Does a piece of work again and again, this many at a time, until the list is through. */
export async function inLanes<T>(items: Iterable<T>, lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** A person as an identity provider sends them. */
export function scimPerson(userName: string, more: { readonly [attribute: string]: unknown } = {}) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
    ...more,
  };
}
