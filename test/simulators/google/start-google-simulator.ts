import { randomBytes } from 'node:crypto';
import { createFaults } from '../shared/faults.ts';
import { type Answer, serveLoopback } from '../shared/serve-loopback.ts';
import { createThrottle } from '../shared/throttle.ts';
import { createControl, type GoogleControl, type RequestLine } from './control.ts';
import { answerControl } from './control-http.ts';
import { createDirectoryApi } from './directory-api.ts';
import type { Call, FaultRule } from './fault-rule.ts';
import { createGateway } from './gateway.ts';
import { createGroupsApi } from './groups-api.ts';
import { createPageTokens } from './page-token.ts';
import { apiError } from './reply.ts';
import { SPOILS } from './spoils.ts';
import { createServiceAccount, createTokenApi, type ServiceAccountFile } from './token-api.ts';
import { createWorld } from './world.ts';

export interface GoogleSimulatorOptions {
  /** Decides who the people are. */
  readonly seed: number;
  readonly people: number;
  /** 0 = any free port. */
  readonly port?: number;
  readonly customerId?: string;
  readonly domains?: readonly [string, string];
  readonly tokenLifetimeMs?: number;
}

/** A running simulator. `control` moves time, changes people and breaks answers; the same is served under `/__sim`. */
export interface GoogleSimulator {
  /** Use as the base URL of Google. */
  readonly origin: string;
  /** The key file to hand to Rollcall. */
  readonly serviceAccount: ServiceAccountFile;
  /** The administrator the service account acts as. */
  readonly subject: string;
  readonly control: GoogleControl;
  close(): Promise<void>;
}

/**
 * Starts a Google Workspace on 127.0.0.1: token endpoint, users.list, users.get and customers.get, checked and limited as
 * Google checks and limits them.
 */
export async function startGoogleSimulator(options: GoogleSimulatorOptions): Promise<GoogleSimulator> {
  const { domains = ['sim.example', 'emea.sim.example'] } = options;
  const { account, control, answer } = assemble(options, domains);
  const { origin, close } = await serveLoopback(options.port ?? 0, control.now, answer);
  return { origin, serviceAccount: account, subject: `admin@${domains[0]}`, control, close };
}

function assemble(options: GoogleSimulatorOptions, domains: readonly [string, string]) {
  const { seed, people, customerId = 'C0rollcall', tokenLifetimeMs = 3_600_000 } = options;
  let offset = 0;
  const now = () => Date.now() + offset;
  const moveClock = (ms: number | 'back') => {
    offset = ms === 'back' ? 0 : offset + ms;
  };
  const { account, publicKey } = createServiceAccount();
  const world = createWorld({ seed, customerId, domains }, people, now);
  const groups = createGroupsApi(world);
  const directory = createDirectoryApi(world, createPageTokens(randomBytes(16).toString('hex'), now));
  const knows = (subject: string) => world.find(subject)?.deleted === false;
  const tokens = createTokenApi({ account, publicKey, now, tokenLifetimeMs, knows });
  const faults = createFaults<FaultRule, Call>(SPOILS);
  const throttle = createThrottle(now, (status) =>
    apiError(status, 'userRateLimitExceeded', 'Too many calls.', 'usageLimits'),
  );
  const requests: RequestLine[] = [];
  const control = createControl({ world, faults, throttle, tokens, groups, requests, now, moveClock });
  const gateway = createGateway({ world, directory, groups, tokens, faults, throttle, requests, now });

  const answer: Answer = (request, body, arrival, latestArrival) => {
    const { method, url, headers } = request;
    if (url?.startsWith('/__sim')) return answerControl(control, request, body);
    return gateway({ method, url, authorization: headers.authorization, body, arrival }, latestArrival);
  };
  return { account, control, answer };
}
