import { Agent } from 'node:http';
import { exchange } from './client.ts';
import type { Operation, Target } from './requests.ts';

/** What an identity provider does all day, in turn. */
const OPERATIONS: readonly Operation[] = ['filter', 'get', 'create', 'patch'];
const MOST_SOCKETS = 64;
/** Connections that are not needed go before the server, which waits for five seconds, may close them under a request. */
const IDLE_MS = 1_000;

/** Answers since the last time. */
export interface Lap {
  /** How long they took, in milliseconds, in order. */
  readonly took: readonly number[];
  /** Those that failed, or had another status than expected. */
  readonly failed: number;
}

export type SteadyCommands = ReturnType<typeof steadyCommands>;

/**
 * Sends SCIM requests at a steady pace, each at its time, whether or not those before it were answered: a server that pauses makes
 * all of them wait that meet the pause.
 */
export function steadyCommands() {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS });
  let answered: number[] = [];
  let failed = 0;
  let number = 0;
  let timer: NodeJS.Timeout | null = null;

  async function send(target: Target): Promise<void> {
    const operation = OPERATIONS[number % OPERATIONS.length] ?? 'get';
    const load = { targets: [target], name: 'rollcall', operation, first: 0, count: 1 } as const;
    const from = performance.now();
    try {
      await exchange(agent, load, number++);
      answered.push(performance.now() - from);
    } catch (error) {
      failed += 1;
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    }
  }

  return {
    begin({ target, perSecond }: { readonly target: Target; readonly perSecond: number }) {
      const from = performance.now();
      let sent = 0;
      timer = setInterval(() => {
        for (const due = ((performance.now() - from) * perSecond) / 1_000; sent < due; sent++) void send(target);
      }, 1_000 / perSecond);
      return null;
    },
    lap(): Lap {
      const lap = { took: answered.toSorted((left, right) => left - right), failed };
      answered = [];
      failed = 0;
      return lap;
    },
    end() {
      if (timer) clearInterval(timer);
      agent.destroy();
      return null;
    },
  };
}
