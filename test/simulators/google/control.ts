import type { Faults } from '../shared/faults.ts';
import type { SimulatedGroup } from '../shared/groups.ts';
import type { Throttle, ThrottleOptions } from '../shared/throttle.ts';
import type { Call, FaultRule, Operation } from './fault-rule.ts';
import type { GroupsApi } from './groups-api.ts';
import { type Mutation, mutate } from './mutations.ts';
import type { GoogleUser } from './people.ts';
import { SCOPES, type TokenApi } from './token-api.ts';
import type { World } from './world.ts';

/** One call the simulator answered; no token and no key is kept. */
export interface RequestLine {
  readonly at: string;
  readonly operation: Operation;
  /** Of a listing, from 1. */
  readonly page: number;
  readonly key: string | null;
  readonly status: number;
}

export interface Stats {
  /** Answered calls by operation. */
  readonly calls: { readonly [operation in Operation]: number };
  readonly throttled: number;
  /** Calls that came back before the time they were told to wait for. */
  readonly earlyRetries: number;
  readonly spoiled: number;
}

/** The hands of a test in the simulator. */
export interface GoogleControl {
  /** Lets things happen in the tenant; returns the ids of the people touched. */
  mutate(...mutations: readonly Mutation[]): readonly string[];
  /** Somebody by position, id or address, as Google would show them; null when unknown or deleted. */
  person(who: number | string): GoogleUser | null;
  /** Everybody a listing shows, by position. */
  everybody(): Generator<GoogleUser>;
  /** Breaks coming answers. */
  fault(rule: FaultRule): void;
  clearFaults(): void;
  /** Enforces a quota; null lifts it. */
  throttle(options: ThrottleOptions | null): void;
  /** Which scopes the domain's admin grants the service account; both unless told. */
  delegate(scopes: readonly string[]): void;
  revokeTokens(): void;
  /** Makes or replaces a group. */
  group(group: SimulatedGroup): void;
  now(): number;
  advance(ms: number): void;
  stats(): Stats;
  requests(): readonly RequestLine[];
  /** People, faults, clock, quota, delegation, tokens and counters as at the start. */
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

export function createControl(parts: ControlParts): GoogleControl {
  const { world, faults, throttle, tokens, groups, requests } = parts;
  const idAt = (index: number) => String((world.at(index) ?? world.deletedAt(index))?.id);
  const count = (operation: Operation) => requests.filter((line) => line.operation === operation).length;

  function* everybody(): Generator<GoogleUser> {
    for (let index = 0; index < world.size(); index += 1) {
      const user = world.at(index);
      if (user) yield user;
    }
  }

  return {
    mutate: (...mutations) => mutations.flatMap((mutation) => mutate(world, mutation).map(idAt)),
    person(who) {
      if (typeof who === 'number') return world.at(who);
      const found = world.find(who);
      return found && !found.deleted ? found.user : null;
    },
    everybody,
    fault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    throttle: (options) => throttle.configure(options),
    delegate: (scopes) => tokens.delegate(scopes),
    revokeTokens: () => tokens.revokeTokens(),
    group: (group) => groups.put(group),
    now: parts.now,
    advance: parts.moveClock,
    stats: () => ({
      calls: {
        token: count('token'),
        'users.list': count('users.list'),
        'users.get': count('users.get'),
        'groups.get': count('groups.get'),
        'members.list': count('members.list'),
        'customers.get': count('customers.get'),
      },
      throttled: throttle.throttled(),
      earlyRetries: throttle.earlyRetries(),
      spoiled: faults.spoiled(),
    }),
    requests: () => [...requests],
    reset() {
      for (const part of [world, throttle, groups]) part.reset();
      faults.clear();
      tokens.delegate(Object.values(SCOPES));
      tokens.revokeTokens();
      parts.moveClock('back');
      requests.length = 0;
    },
  };
}
