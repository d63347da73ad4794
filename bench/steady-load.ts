import { Agent } from 'node:http';
import { exchange } from './client.ts';
import type { Operation, Target } from './requests.ts';

/** What an identity provider does all day, in turn. */
const OPERATIONS: readonly Operation[] = ['filter', 'get', 'create', 'patch'];
const MOST_SOCKETS = 64;
/** Connections that are not needed go before the server, which waits for five seconds, may close them under a request. */
const IDLE_MS = 1_000;

export type SteadyCommands = ReturnType<typeof steadyCommands>;

/**
 * Sends SCIM requests at a steady pace, each at its time, whether or not those before it were answered: a server that pauses makes
 * all of them wait that meet the pause.
 */
export function steadyCommands() {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS });
  let answered: number[] = [];
  let failure: unknown = null;
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
      failure ??= error;
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
    /** What the answers since the last time took, in milliseconds, in order. Throws when one had another status than expected. */
    lap(): readonly number[] {
      if (failure) throw failure;
      const lap = answered.toSorted((left, right) => left - right);
      answered = [];
      return lap;
    },
    end() {
      if (timer) clearInterval(timer);
      agent.destroy();
      return null;
    },
  };
}
