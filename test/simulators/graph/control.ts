import type { Faults } from '../shared/faults.ts';
import type { SimulatedGroup } from '../shared/groups.ts';
import type { Throttle, ThrottleOptions } from '../shared/throttle.ts';
import { type Call, type FaultRule, OPERATIONS, type Operation } from './fault-rule.ts';
import type { GroupsApi } from './groups-api.ts';
import { type Mutation, mutate } from './mutations.ts';
import { type GraphUser, idOf } from './people.ts';
import type { TokenApi } from './token-api.ts';
import type { World } from './world.ts';

/** One call the simulator answered; no token and no secret is kept. */
export interface RequestLine {
  readonly at: string;
  readonly operation: Operation;
  /** Of a listing, from 1. */
  readonly page: number;
  readonly key: string | null;
  readonly status: number;
}

export interface Stats {
  /** Answered calls by operation; those inside of a batch count too. */
  readonly calls: { readonly [operation in Operation]: number };
  readonly throttled: number;
  /** Calls that came back before the time they were told to wait for. */
  readonly earlyRetries: number;
  readonly spoiled: number;
}

/** The hands of a test in the simulator. */
export interface GraphControl {
  /** Lets things happen in the tenant; returns the ids of the people touched. */
  mutate(...mutations: readonly Mutation[]): readonly string[];
  /** Somebody by position, id or principal name, with every property; null when unknown or deleted. */
  person(who: number | string): GraphUser | null;
  /** Everybody a listing shows, by position. */
  everybody(): Generator<GraphUser>;
  /** Breaks coming answers. */
  fault(rule: FaultRule): void;
  clearFaults(): void;
  /** Enforces a quota; null lifts it. */
  throttle(options: ThrottleOptions | null): void;
  /** Which application permissions the tenant's administrator consents to; both unless told. */
  consent(roles: readonly string[]): void;
  expireSecret(): void;
  revokeTokens(): void;
  /** Makes or replaces a group. */
  group(group: SimulatedGroup): void;
  now(): number;
  advance(ms: number): void;
  stats(): Stats;
  requests(): readonly RequestLine[];
  /** People, faults, clock, quota, consent, tokens and counters as at the start. */
  reset(): void;
}

export interface ControlParts {
  readonly world: World;
  readonly faults: Faults<FaultRule, Call>;
  readonly throttle: Throttle;
  readonly tokens: TokenApi;
  readonly groups: GroupsApi;
  readonly requests: RequestLine[];
  readonly now: () => number;
  /** Forward by milliseconds, or back to the real time. */
  readonly moveClock: (ms: number | 'back') => void;
}

export function createControl(parts: ControlParts): GraphControl {
  const { world, faults, throttle, tokens, groups, requests } = parts;
  const person = (index: number | null) =>
    index !== null && world.place(index) === 'directory' ? world.at(index) : null;
  const count = (operation: Operation) => requests.filter((line) => line.operation === operation).length;

  function* everybody(): Generator<GraphUser> {
    for (let index = 0; index < world.size(); index += 1) {
      const user = person(index);
      if (user) yield user;
    }
  }

  return {
    mutate: (...mutations) =>
      mutations.flatMap((mutation) => mutate(world, mutation).map((index) => idOf(world.tenant, index))),
    person: (who) => person(typeof who === 'number' ? who : world.find(who)),
    everybody,
    fault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    throttle: (options) => throttle.configure(options),
    consent: (roles) => tokens.consent(roles),
    expireSecret: () => tokens.expireSecret(),
    revokeTokens: () => tokens.revokeTokens(),
    group: (group) => groups.put(group),
    now: parts.now,
    advance: parts.moveClock,
    stats: () => ({
      calls: Object.fromEntries(OPERATIONS.map((operation) => [operation, count(operation)])) as Stats['calls'],
      throttled: throttle.throttled(),
      earlyRetries: throttle.earlyRetries(),
      spoiled: faults.spoiled(),
    }),
    requests: () => [...requests],
    reset() {
      for (const part of [world, throttle, tokens, groups]) part.reset();
      faults.clear();
      parts.moveClock('back');
      requests.length = 0;
    },
  };
}
