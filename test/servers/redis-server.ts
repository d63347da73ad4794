import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringOwnServer, bringServer, type Startable } from './bring-server.ts';
import { freePort } from './free-port.ts';
import { guarded } from './guard.ts';
import type { MissingServer, OwnServer, TestServer } from './own-server.ts';
import { startServerProcess } from './server-process.ts';
import { startSingleServer } from './single-server.ts';

/** Directives of redis.conf; `{ appendonly: 'yes', appendfsync: 'always' }` keeps all that was acknowledged. */
export type RedisSettings = { readonly [directive: string]: string };

const DEFAULTS: RedisSettings = { save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction' };

let shared: Promise<TestServer | MissingServer> | null = null;

/** The Redis of this process, set up and started when first asked for. */
export function redisServer(): Promise<TestServer | MissingServer> {
  shared ??= bringServer('redis', (found) => startRedis(found, {}));
  return shared;
}

/** Starts a Redis for one suite; throws when there is none to start. */
export async function startOwnRedis(settings: RedisSettings = {}): Promise<OwnServer> {
  const found = await bringOwnServer('redis');
  if ('missing' in found) throw new Error(found.missing);
  return startRedis(found, settings);
}

async function startRedis(found: Startable, settings: RedisSettings): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-redis-'));
  const release = guarded({ folder });
  const port = await freePort();
  const directives = { ...DEFAULTS, ...settings, port: String(port), bind: '127.0.0.1', dir: folder };
  const words = Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]);
  const { program, env } = redisProgram(found);
  const start = () =>
    startServerProcess({
      command: [program, ...words],
      env: { ...process.env, ...env },
      log: join(folder, 'redis.log'),
      isReady: () => answersPing(port),
    });
  return startSingleServer({ url: `redis://127.0.0.1:${port}`, port, folder, release, start });
}

function redisProgram(found: Startable): { readonly program: string; readonly env: NodeJS.ProcessEnv } {
  if (found.use === 'program') return { program: found.program, env: {} };
  const libraries = libraryFolders(join(found.folder, 'usr', 'lib'));
  return { program: join(found.folder, 'usr', 'bin', 'redis-server'), env: { LD_LIBRARY_PATH: libraries.join(':') } };
}

function libraryFolders(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.includes('-linux-'))
        .map((name) => join(folder, name))
    : [];
}

/** Whether it serves commands; while it loads its data it refuses them. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 }, () => socket.write('PING\r\n'));
    const finish = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}
