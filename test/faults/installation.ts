import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectoryName } from '../../src/core/user.ts';
import type { MongoOfSuite, RedisOfSuite } from '../servers/describe-on.ts';
import {
  type GoogleSimulator,
  type GoogleSimulatorOptions,
  startGoogleSimulator,
} from '../simulators/google/start-google-simulator.ts';
import { type ApiAnswer, type ApiClient, type Body, createApiClient } from '../support/api-client.ts';
import { type ProcessOptions, type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY, SHARED_KEYS } from '../support/shared-keys.ts';

export interface InstallationOptions {
  readonly mongodbUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly google?: Partial<GoogleSimulatorOptions>;
  /** Processes of the role api to start with; 1 unless told. */
  readonly apis?: number;
  /** Processes of the role worker to start with; none unless told. */
  readonly workers?: number;
}

/** A scaled-out Rollcall of real processes beside a simulated Google. */
export interface Installation {
  readonly google: GoogleSimulator;
  readonly apis: readonly RollcallProcess[];
  /** Clients of the APIs, in their order. */
  readonly clients: readonly ApiClient[];
  /** The client of the first API. */
  readonly api: ApiClient;
  /** Every process that was started, the ended ones included. */
  readonly processes: readonly RollcallProcess[];
  start(role: 'api' | 'worker' | 'all', more?: Environment, options?: ProcessOptions): Promise<RollcallProcess>;
  addOrganization(name?: string): Promise<FaultOrganization>;
  /** Ends every process, frozen ones too, and the simulator. */
  stop(): Promise<void>;
}

type Environment = { readonly [name: string]: string };

/** An organization of an installation, over the API. */
export interface FaultOrganization {
  readonly id: string;
  /** Its address below `/api`. */
  readonly path: string;
  get(what: string): Promise<Body>;
  change(settings: Body): Promise<Body>;
  /** Connects its directory; unless told its schedule is paused, so that there are the runs that a test asks for and no others. */
  connect(schedule?: { readonly paused?: boolean }): Promise<Body>;
  /** Asks for a run; the one under way when there is one. */
  startRun(): Promise<Body>;
  latestRun(): Promise<Body>;
  /** Waits until no run is under way and returns the latest. */
  runsEnded(patienceMs?: number): Promise<Body>;
  addActiveUser(name: string, email: string): Promise<Body>;
  /** All people, by address. */
  users(): Promise<readonly Body[]>;
  /** The feed of events, once it stands still for half a second. */
  events(): Promise<readonly Body[]>;
}

/** What an installation on the servers of a suite is started with. */
export function onServers(mongo: MongoOfSuite, redis: RedisOfSuite): InstallationOptions {
  return { mongodbUrl: mongo.freshUrl(), redisUrl: redis.url, redisPrefix: redis.freshPrefix() };
}

/** Starts a simulated Google, then the processes; what was started is ended when something does not start. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { apis = 1, workers = 0 } = options;
  const google = await startGoogleSimulator({ seed: 7, people: 5, ...options.google });
  const processes: RollcallProcess[] = [];
  const env = {
    ...SHARED_KEYS,
    MONGODB_URL: options.mongodbUrl,
    REDIS_URL: options.redisUrl,
    REDIS_PREFIX: options.redisPrefix,
    GOOGLE_BASE_URL: google.origin,
    LOG_LEVEL: 'debug',
  };
  const start: Installation['start'] = async (role, more = {}, processOptions = {}) => {
    const process = await spawnRollcall({ ...env, ROLLCALL_ROLE: role, ...more }, processOptions);
    processes.push(process);
    return process;
  };
  const stop = async () => {
    await Promise.all(processes.map((process) => process.end('SIGKILL')));
    await google.close();
  };
  try {
    const started = [];
    for (let count = 0; count < apis; count++) started.push(await start('api'));
    await Promise.all(Array.from({ length: workers }, () => start('worker')));
    const clients = started.map(({ url }) => createApiClient(url, OPERATOR_KEY));
    const [api] = clients;
    if (!api) throw new Error('an installation needs an API');
    const addOrganization = async (name = 'Example') => createOrganization(api, google, name);
    return { google, apis: started, clients, api, processes, start, addOrganization, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes an organization over an API, or finds the one with that id; its domain is the simulated Google's. */
export async function createOrganization(
  api: ApiClient,
  google: Pick<GoogleSimulator, 'serviceAccount' | 'subject'>,
  name: string,
  known: string | null = null,
): Promise<FaultOrganization> {
  const { serviceAccount, subject } = google;
  return organizationOn(api, { source: 'google', connection: { serviceAccount, subject } }, name, known);
}

/** A directory to connect, and what connects it. */
export interface FaultDirectory {
  readonly source: DirectoryName;
  readonly connection: Body;
}

/** The same with whichever directory. */
export async function organizationOn(
  api: ApiClient,
  { source, connection }: FaultDirectory,
  name: string,
  known: string | null = null,
): Promise<FaultOrganization> {
  const domains = ['sim.example'];
  const id = known ?? expectStatus(await api.post('/organizations', { name, domains }), 201).id;
  const path = `/organizations/${id}`;
  const get = async (what: string) => expectStatus(await api.get(`${path}${what}`), 200);
  const latestRun = async () => (await get('/runs?limit=1')).items[0];
  return {
    id,
    path,
    get,
    latestRun,
    change: async (settings) => expectStatus(await api.patch(`${path}/settings`, settings), 200),
    async connect({ paused = true } = {}) {
      const integration = `${path}/integrations/${source}`;
      expectStatus(await api.put(integration, connection), 200);
      return expectStatus(await api.patch(integration, { schedule: { paused } }), 200);
    },
    startRun: async () => expectStatus(await api.post(`${path}/integrations/${source}/runs`), 202),
    runsEnded: (patienceMs) =>
      waitFor(
        'no run is under way',
        async () => {
          const run = await latestRun();
          return run && !isUnderWay(run) ? run : null;
        },
        patienceMs,
      ),
    async addActiveUser(userName, email) {
      const { id: userId } = expectStatus(await api.post(`${path}/users`, { name: userName, email }), 201);
      return expectStatus(await api.post(`${path}/users/${userId}/activate`), 200);
    },
    users: () => readAll(get, '/users?status=all'),
    events: () => settled(() => readFeed(get)),
  };
}

export const isUnderWay = ({ state }: Body): boolean => state === 'queued' || state === 'running';

/** The body of an answer that has the status; throws what was answered otherwise. */
export function expectStatus({ method, path, status, text, body }: ApiAnswer, expected: number): Body {
  if (status !== expected) throw new Error(`${method} ${path} was answered ${status}, not ${expected}: ${text}`);
  return body;
}

/** Waits for something that must come about; throws when it does not in time. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  patienceMs = 30_000,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await sleep(20);
  }
}

async function readAll(get: (what: string) => Promise<Body>, what: string): Promise<readonly Body[]> {
  const found: Body[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Body = await get(`${what}&limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    found.push(...page.items);
    cursor = page.next ?? null;
    if (cursor === null) return found;
  }
}

async function readFeed(get: (what: string) => Promise<Body>): Promise<readonly Body[]> {
  const found: Body[] = [];
  for (;;) {
    const { items } = await get(`/events?limit=1000&after=${found.at(-1)?.sequence ?? 0}`);
    found.push(...items);
    if (items.length < 1_000) return found;
  }
}

async function settled(read: () => Promise<readonly Body[]>): Promise<readonly Body[]> {
  for (let before = await read(); ; ) {
    await sleep(500);
    const now = await read();
    if (now.length === before.length) return now;
    before = now;
  }
}
