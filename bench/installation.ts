import { openStores } from '../src/store/open.ts';
import { freshInstallation } from '../test/servers/fresh-installation.ts';
import { type Child, startChild } from './child.ts';
import type { RollcallCommands } from './server.ts';

export type RollcallChild = Child<RollcallCommands>;

/** An empty database and queue, and the processes started on them. */
export interface Installation {
  readonly redisUrl: string;
  /** Works on the store directly; closes it afterwards. */
  withStores<T>(work: (stores: Awaited<ReturnType<typeof openStores>>['stores']) => Promise<T>): Promise<T>;
  start(
    role: 'api' | 'worker',
    directories?: { readonly [name: string]: string },
  ): Promise<{ readonly child: RollcallChild; readonly port: number }>;
  readonly operatorKey: string;
  /** Ends all processes and drops everything. */
  end(): Promise<void>;
}

/** Finds or brings the servers and opens an installation of its own on them. */
export async function openInstallation(): Promise<Installation> {
  const { env, databaseUrl, redisUrl, operatorKey, drop } = await freshInstallation();
  const children: RollcallChild[] = [];
  return {
    redisUrl,
    operatorKey,
    async withStores(work) {
      const clock = { now: () => Date.now() };
      const { stores } = await openStores({ dataDir: ':memory:', clock, mongodb: { url: databaseUrl } });
      try {
        return await work(stores);
      } finally {
        await stores.close();
      }
    },
    async start(role, directories = {}) {
      const child = startChild<RollcallCommands>('rollcall');
      children.push(child);
      const more = { ...env, ...directories, ROLLCALL_ROLE: role };
      const { port } = await child.ask('start', { folder: ':memory:', env: more });
      return { child, port };
    },
    async end() {
      for (const child of children) {
        await child.ask('stop');
        await child.end();
      }
      await drop();
    },
  };
}
