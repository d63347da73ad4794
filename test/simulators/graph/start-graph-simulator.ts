import { randomBytes } from 'node:crypto';
import { createFaults } from '../shared/faults.ts';
import { type Answer, serveLoopback } from '../shared/serve-loopback.ts';
import { createThrottle } from '../shared/throttle.ts';
import { createControl, type GraphControl, type RequestLine } from './control.ts';
import { answerControl } from './control-http.ts';
import type { Call, FaultRule } from './fault-rule.ts';
import { createGateway } from './gateway.ts';
import { createGroupsApi } from './groups-api.ts';
import { createLinkTokens } from './link-token.ts';
import { TOO_MANY } from './reply.ts';
import { createSelfSigned } from './self-signed.ts';
import { SPOILS } from './spoils.ts';
import { createTokenApi } from './token-api.ts';
import { createUsersApi } from './users-api.ts';
import { createWorld } from './world.ts';

export interface GraphSimulatorOptions {
  /** Decides who the people are. */
  readonly seed: number;
  readonly people: number;
  /** 0 = any free port. */
  readonly port?: number;
  readonly tenantId?: string;
  readonly domains?: readonly [initial: string, primary: string];
  readonly tokenLifetimeMs?: number;
  /** People on a page of a delta. */
  readonly deltaPage?: number;
}

/** What an administrator hands over to connect the tenant, by secret or by certificate. */
export interface SimulatedApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Certificate and private key, PEM. */
  readonly certificate: string;
}

/** A running simulator. `control` moves time, changes people and breaks answers; the same is served under `/__sim`. */
export interface GraphSimulator {
  /** Use as the origin of both the login and Graph. */
  readonly origin: string;
  readonly application: SimulatedApplication;
  readonly control: GraphControl;
  close(): Promise<void>;
}

/**
 * Starts a Microsoft 365 tenant on 127.0.0.1: token endpoint, users, delta with a memory, look-ups, bin, organization and batch,
 * checked and limited as Entra and Graph check and limit them.
 */
export async function startGraphSimulator(options: GraphSimulatorOptions): Promise<GraphSimulator> {
  const { application, control, answer } = assemble(options);
  const { origin, close } = await serveLoopback(options.port ?? 0, control.now, answer);
  return { origin, application, control, close };
}

function assemble(options: GraphSimulatorOptions) {
  const { seed, people, tokenLifetimeMs = 3_599_000, deltaPage = 200 } = options;
  const { tenantId = '7e0a11ca-0000-4000-8000-000000000365', domains = ['sim.onmicrosoft.com', 'sim.example'] } =
    options;
  let offset = 0;
  const now = () => Date.now() + offset;
  const moveClock = (ms: number | 'back') => {
    offset = ms === 'back' ? 0 : offset + ms;
  };
  const { pem, publicKey, thumbprint } = createSelfSigned('rollcall', now());
  const clientSecret = `sim-secret~${randomBytes(20).toString('base64url')}`;
  const application = { tenantId, clientId: '0a11ca11-0000-4000-8000-000000000001', clientSecret, certificate: pem };
  const world = createWorld({ seed, tenantId, domains }, people, now);
  const links = createLinkTokens(randomBytes(16).toString('hex'), now);
  const users = createUsersApi({ world, tokens: links, deltaPage });
  const groups = createGroupsApi(world);
  const tokens = createTokenApi({ registration: { ...application, publicKey, thumbprint }, now, tokenLifetimeMs });
  const faults = createFaults<FaultRule, Call>(SPOILS);
  const throttle = createThrottle(now, () => TOO_MANY);
  const requests: RequestLine[] = [];
  const control = createControl({ world, faults, throttle, tokens, groups, requests, now, moveClock });
  const gateway = createGateway({ users, groups, tokens, faults, throttle, requests, now });

  const answer: Answer = (request, body, arrival, latestArrival) => {
    const { method, url, headers } = request;
    if (url?.startsWith('/__sim')) return answerControl(control, request, body);
    const origin = `http://${headers.host}`;
    return gateway({ method, url, origin, authorization: headers.authorization, body, arrival }, latestArrival);
  };
  return { application, control, answer };
}
