import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadSettings } from '../config/load.ts';
import { compose, type Rollcall } from '../src/compose.ts';
import { createScimToken } from '../src/services/scim-tokens.ts';
import { createBareApp } from './bare-app.ts';
import { openBareStore } from './bare-store.ts';
import { syncCommands } from './sync-commands.ts';
import { watchCommands } from './watch.ts';

/** What every measured process can tell about itself. */
export interface Meter {
  readonly [name: string]: (argument: never) => unknown;
  /** CPU time used so far, user and system, all threads, in microseconds; asked once nothing is left to do. */
  cpuUs(): Promise<number>;
}

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

export type BareCommands = ReturnType<typeof bareCommands>;
export type RollcallCommands = ReturnType<typeof rollcallCommands>;

/** The bare routes on a copy of the database. */
export function bareCommands() {
  return {
    async start({ folder }: { readonly folder: string }) {
      const server = createBareApp(openBareStore(join(folder, 'bare.db'))).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { port: (server.address() as AddressInfo).port };
    },
    cpuUs: async () => cpuUs(),
  };
}

interface Start {
  readonly folder: string;
  /** Says where the directories and else the data are, and what the process does. */
  readonly env?: { readonly [name: string]: string };
}

/** Requests of a SCIM connection: what is measured is what they cost. */
const NO_LIMIT = '1000000';
const NO_PACE = { perMinute: 1_000_000, burst: 100_000 };

/** How long to wait between two looks at what is left to do. */
const LOOK_MS = 20;

/** Rollcall as it is, on a data folder or what the environment says; only the pace is not held back, towards directories and of SCIM. */
export function rollcallCommands() {
  let started: Rollcall | null = null;
  const rollcall = (): Rollcall => {
    if (!started) throw new Error('not started');
    return started;
  };
  return {
    async start({ folder, env = {} }: Start) {
      const settings = loadSettings({
        ROLLCALL_DATA_DIR: folder,
        LOG_LEVEL: 'silent',
        SCIM_RATE_PER_SECOND: NO_LIMIT,
        SCIM_BURST: NO_LIMIT,
        ...env,
      });
      const directories = { googleLimits: NO_PACE, microsoftLimits: NO_PACE };
      started = await compose({ ...settings, port: 0 }, { directories });
      return { port: Number(new URL(started.url).port), operatorKey: started.operatorKey };
    },
    async makeToken(organizationId: string) {
      return (await createScimToken(rollcall().deps, organizationId, { name: 'bench' })).token;
    },
    async cpuUs() {
      while ((await rollcall().deps.stores.events.pending()) > 0)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      return cpuUs();
    },
    /** The same at once, whatever is left to do. */
    cpuNow: () => cpuUs(),
    stop: () => rollcall().stop(),
    ...watchCommands(cpuUs),
    ...syncCommands(() => rollcall().deps, cpuUs),
  };
}
