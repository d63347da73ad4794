import { loadSettings } from '../../config/load.ts';
import { compose, type Overrides, type Rollcall } from '../../src/compose.ts';
import type { DirectoryName } from '../../src/core/user.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { createScimClient, type ScimClient } from '../scim/client.ts';
import {
  type GoogleSimulator,
  type GoogleSimulatorOptions,
  startGoogleSimulator,
} from '../simulators/google/start-google-simulator.ts';
import {
  type GraphSimulator,
  type GraphSimulatorOptions,
  startGraphSimulator,
} from '../simulators/graph/start-graph-simulator.ts';
import { type ApiAnswer, type ApiClient, type Body, createApiClient } from './api-client.ts';
import { SHARED_KEYS } from './shared-keys.ts';

export interface RollcallOptions {
  /** Starts a simulated Google Workspace beside it. */
  readonly google?: Partial<GoogleSimulatorOptions>;
  /** Starts a simulated Microsoft 365 tenant beside it. */
  readonly microsoft?: Partial<GraphSimulatorOptions>;
  /** Environment variables beside those every test process needs. */
  readonly env?: { readonly [name: string]: string };
  readonly overrides?: Overrides;
  /** Sees every answer of the operator API. */
  readonly onAnswer?: (answer: ApiAnswer) => void;
}

/** A whole Rollcall, put together as the real process is, with an empty embedded store. */
export interface TestRollcall {
  readonly rollcall: Rollcall;
  readonly url: string;
  readonly operatorKey: string;
  readonly api: ApiClient;
  /** The simulated Google; throws unless one was asked for. */
  google(): GoogleSimulator;
  /** The simulated Microsoft 365 tenant; throws unless one was asked for. */
  microsoft(): GraphSimulator;
  /** Everything logged so far, down to debug. */
  readonly log: () => string;
  addOrganization(name?: string, domains?: readonly string[]): Promise<TestOrganization>;
  stop(): Promise<void>;
}

/** An organization, and the calls on it that tests make again and again. Each throws when it is refused. */
export interface TestOrganization {
  readonly id: string;
  /** Its address below `/api`. */
  readonly path: string;
  addAgency(name?: string, roles?: readonly object[]): Promise<Body>;
  /** An agency user gets an agency of their own unless `more` names one. */
  addUser(name: string, email: string, more?: { readonly [member: string]: unknown }): Promise<Body>;
  /** Adds a person by hand and activates them. */
  addActiveUser(name: string, email: string): Promise<Body>;
  /** Names things of a kind (`jobs`, `pools` …) by these ids, so that access may point at them. */
  name(kind: string, ...ids: readonly string[]): Promise<void>;
  user(id: string): Promise<Body>;
  /** Whoever has the address; throws when nobody has. */
  userByEmail(email: string): Promise<Body>;
  /** Changes settings and waits until they have reached everybody. */
  change(settings: { readonly [name: string]: unknown }): Promise<Body>;
  connectGoogle(): Promise<Body>;
  /** By client secret, unless told otherwise. */
  connectMicrosoft(connection?: { readonly [name: string]: unknown }): Promise<Body>;
  /** Starts a run of its own, after whatever is under way, and waits for its end; throws unless it finished. */
  sync(source?: DirectoryName, body?: RunBody): Promise<Body>;
  /** The same, however it ends. */
  run(source?: DirectoryName, body?: RunBody): Promise<Body>;
  /** Switches SCIM on and makes a token. */
  connectScim(): Promise<ScimClient>;
  /** Events published so far. */
  events(): Promise<readonly Body[]>;
}

interface RunBody {
  readonly kind?: 'full' | 'delta';
}

/** The simulated directories that were asked for. */
interface Simulators {
  readonly google: GoogleSimulator | null;
  readonly microsoft: GraphSimulator | null;
}

async function startSimulators({ google, microsoft }: RollcallOptions): Promise<Simulators> {
  return {
    google: google ? await startGoogleSimulator({ seed: 7, people: 5, ...google }) : null,
    microsoft: microsoft ? await startGraphSimulator({ seed: 7, people: 5, ...microsoft }) : null,
  };
}

const settingsOf = ({ google, microsoft }: Simulators): { readonly [name: string]: string } => ({
  ...(google ? { GOOGLE_BASE_URL: google.origin } : {}),
  ...(microsoft ? { MICROSOFT_LOGIN_URL: microsoft.origin, MICROSOFT_GRAPH_URL: microsoft.origin } : {}),
});

function asked<T>(simulator: T | null): T {
  if (!simulator) throw new Error('no such simulator was asked for');
  return simulator;
}

export async function startRollcall(options: RollcallOptions = {}): Promise<TestRollcall> {
  const { env, overrides, onAnswer } = options;
  const simulators = await startSimulators(options);
  const closeSimulators = async () => {
    await simulators.google?.close();
    await simulators.microsoft?.close();
  };
  const settings = loadSettings({
    PORT: '0',
    ROLLCALL_DATA_DIR: ':memory:',
    ...SHARED_KEYS,
    ...settingsOf(simulators),
    ...env,
  });
  const lines: string[] = [];
  const logger = createLogger('debug', { write: (line: string) => void lines.push(line) });
  const rollcall = await compose(settings, { logger, tuning: { retryBaseMs: 10 }, ...overrides }).catch(
    async (error) => {
      await closeSimulators();
      throw error;
    },
  );
  const { url, operatorKey } = rollcall;
  const api = createApiClient(url, operatorKey, onAnswer);
  return {
    rollcall,
    url,
    operatorKey,
    api,
    google: () => asked(simulators.google),
    microsoft: () => asked(simulators.microsoft),
    log: () => lines.join(''),
    async addOrganization(name = 'Example', domains = ['example.com']) {
      const { id } = expectStatus(await api.post('/organizations', { name, domains }), 201);
      return organizationCalls(rollcall, api, simulators, id);
    },
    async stop() {
      await rollcall.stop();
      await closeSimulators();
    },
  };
}

function organizationCalls(rollcall: Rollcall, api: ApiClient, simulators: Simulators, id: string): TestOrganization {
  const path = `/organizations/${id}`;
  const user = async (userId: string) => expectStatus(await api.get(`${path}/users/${userId}`), 200);
  const addAgency: TestOrganization['addAgency'] = async (name = 'Talent Ltd', roles = []) =>
    expectStatus(await api.post(`${path}/agencies`, { name, roles }), 201);
  const addUser: TestOrganization['addUser'] = async (name, email, more = {}) => {
    const agency = more.kind === 'agency' && !('agencyId' in more) ? { agencyId: (await addAgency()).id } : {};
    return expectStatus(await api.post(`${path}/users`, { name, email, ...agency, ...more }), 201);
  };
  const change: TestOrganization['change'] = async (settings) => {
    expectStatus(await api.patch(`${path}/settings`, settings), 200);
    return until('the settings have reached everybody', async () => {
      const now = expectStatus(await api.get(`${path}/settings`), 200);
      return now.sweep.state === 'idle' ? now : null;
    });
  };
  const isUnderWay = ({ state }: Body) => state === 'queued' || state === 'running';
  const run: TestOrganization['run'] = async (source = 'google', body = undefined) => {
    await until('no run is under way', async () => {
      const { items } = expectStatus(await api.get(`${path}/runs`), 200);
      return !items.some(isUnderWay);
    });
    const { id: runId } = expectStatus(await api.post(`${path}/integrations/${source}/runs`, body), 202);
    return until('the run has ended', async () => {
      const now = expectStatus(await api.get(`${path}/runs/${runId}`), 200);
      return isUnderWay(now) ? null : now;
    });
  };
  return {
    id,
    path,
    user,
    addAgency,
    addUser,
    change,
    async addActiveUser(name, email) {
      const added = await addUser(name, email);
      return expectStatus(await api.post(`${path}/users/${added.id}/activate`), 200);
    },
    async name(kind, ...ids) {
      const place = kind === 'pools' ? kind : `catalog/${kind}`;
      for (const one of ids) expectStatus(await api.put(`${path}/${place}/${one}`, { name: one }), 200);
    },
    async userByEmail(email) {
      const query = new URLSearchParams({ status: 'all', q: email });
      const { items } = expectStatus(await api.get(`${path}/users?${query}`), 200);
      const found = items.find((item: Body) => item.email === email);
      if (!found) throw new Error(`nobody has the address ${email}`);
      return found;
    },
    async connectGoogle() {
      const { serviceAccount, subject } = asked(simulators.google);
      return expectStatus(await api.put(`${path}/integrations/google`, { serviceAccount, subject }), 200);
    },
    async connectMicrosoft(connection) {
      const { tenantId, clientId, clientSecret } = asked(simulators.microsoft).application;
      const body = connection ?? { tenantId, clientId, clientSecret };
      return expectStatus(await api.put(`${path}/integrations/microsoft`, body), 200);
    },
    run,
    async sync(source, body) {
      const ended = await run(source, body);
      if (ended.state !== 'finished') throw new Error(`the run did not finish: ${JSON.stringify(ended)}`);
      return ended;
    },
    async connectScim() {
      await change({ scim: { enabled: true } });
      const { baseUrl, token } = expectStatus(await api.post(`${path}/scim-tokens`, { name: 'test' }), 201);
      return createScimClient(baseUrl, token);
    },
    events: () =>
      until('everything is published', async () => {
        if ((await rollcall.deps.stores.events.pending()) > 0) return null;
        return expectStatus(await api.get(`${path}/events?limit=1000`), 200).items;
      }),
  };
}

/** The body of an answer that has the status; throws what was answered otherwise. */
export function expectStatus({ method, path, status, text, body }: ApiAnswer, expected: number): Body {
  if (status !== expected) throw new Error(`${method} ${path} was answered ${status}, not ${expected}: ${text}`);
  return body;
}

const PATIENCE_MS = 20_000;
const PAUSE_MS = 10;

/** Waits for something that must come about; throws when it does not within 20 s. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
