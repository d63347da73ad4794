import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../config/load.ts';
import { compose } from '../src/compose.ts';
import { type GoogleSimulator, startGoogleSimulator } from '../test/simulators/google/start-google-simulator.ts';
import { type GraphSimulator, startGraphSimulator } from '../test/simulators/graph/start-graph-simulator.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

/** Everything the story plays on: simulated directories and a Rollcall of its own, both on this machine only. */
export interface Stage {
  readonly google: GoogleSimulator;
  readonly microsoft: GraphSimulator;
  readonly url: string;
  readonly operatorKey: string;
  readonly operator: HttpClient;
  /** A SCIM client for one organization. */
  scimClient(baseUrl: string, token: string): HttpClient;
  /** Kills a process that answers and the one that works on a run, and says what is left; null where there is only one. */
  readonly killOneOfEach: ((runId: string) => Promise<string>) | null;
  clear(): Promise<void>;
}

export const PEOPLE = 250;

/** Another tenant of the same people would only link them. */
export const startMicrosoft = () =>
  startGraphSimulator({ seed: 11, people: 120, domains: ['tenant.onmicrosoft.com', 'tenant.example'] });

export async function setStage(): Promise<Stage> {
  const google = await startGoogleSimulator({ seed: 7, people: PEOPLE });
  const microsoft = await startMicrosoft();
  const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
  const settings = loadSettings({
    ROLLCALL_DATA_DIR: dataDir,
    GOOGLE_BASE_URL: google.origin,
    MICROSOFT_LOGIN_URL: microsoft.origin,
    MICROSOFT_GRAPH_URL: microsoft.origin,
    LOG_LEVEL: 'silent',
  });
  const rollcall = await compose({ ...settings, port: 0 });
  const { url, operatorKey } = rollcall;
  return {
    google,
    microsoft,
    url,
    operatorKey,
    operator: createHttpClient(() => url, operatorKey),
    scimClient: (baseUrl, token) => createHttpClient(() => baseUrl, token, 'application/scim+json'),
    killOneOfEach: null,
    async clear() {
      await rollcall.stop();
      await google.close();
      await microsoft.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
