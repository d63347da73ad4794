import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answersMongo } from './answers-mongo.ts';
import { freePort } from './free-port.ts';
import { guarded } from './guard.ts';
import type { OwnMongo, StartMongo } from './mongo-server.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const ENGINE = '/usr/lib/postgresql/18/bin/postgres';
const TEMPLATE = 'var/lib/rollcall-template';

const run = promisify(execFile);

interface Place {
  /** The Debian of the engine. */
  readonly root: string;
  readonly gateway: string;
  /** Of this server alone: logs, the data and the gateway's state. */
  readonly folder: string;
  readonly port: number;
  readonly enginePort: number;
  readonly durable: boolean;
}

/** Starts what `set-up-mongo.sh` has brought: FerretDB as the gateway, DocumentDB on PostgreSQL as the engine. */
export const startMongoPair: StartMongo<string> = async (setUp, { durable = true }) => {
  const root = join(setUp, 'root');
  const folder = await mkdtemp(join(root, 'var', 'tmp', 'rollcall-'));
  const release = guarded({ folder });
  await chmod(folder, 0o711);
  await run('cp', ['-a', join(root, TEMPLATE), join(folder, 'data')]);
  const [port, enginePort] = [await freePort(), await freePort()];
  const place: Place = { root, gateway: join(setUp, 'ferretdb'), folder, port, enginePort, durable };
  let engine = await startEngine(place);
  let gateway = await startGateway(place);
  const server: OwnMongo = {
    url: `mongodb://127.0.0.1:${port}`,
    port,
    folder,
    pids: () => [engine.pid, gateway.pid],
    async kill(part = 'all') {
      if (part !== 'engine') await gateway.end('SIGKILL');
      if (part !== 'gateway') await crash(engine);
    },
    async restart() {
      if (!engine.isAlive()) engine = await startEngine(place);
      if (!gateway.isAlive()) gateway = await startGateway(place);
      while (!(await answersMongo(server.url))) await pause(20);
    },
    freeze: () => gateway.signal('SIGSTOP'),
    thaw: () => gateway.signal('SIGCONT'),
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
      release();
    },
  };
  return server;
};

/** PostgreSQL's immediate shutdown: nothing is flushed, and its processes are gone afterwards, unlike with SIGKILL. */
const crash = (engine: ServerProcess) => engine.end('SIGQUIT');

function startEngine({ root, folder, enginePort, durable }: Place): Promise<ServerProcess> {
  const data = join('/var/tmp', basename(folder), 'data');
  const settings = [`port=${enginePort}`, ...(durable ? [] : ['fsync=off', 'full_page_writes=off'])];
  const identity = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];
  return startServerProcess({
    command: [
      'chroot',
      root,
      '/usr/bin/setpriv',
      ...identity,
      ENGINE,
      '-D',
      data,
      ...settings.flatMap((one) => ['-c', one]),
    ],
    log: join(folder, 'engine.log'),
    isReady: () => accepts(enginePort),
  });
}

function startGateway({ gateway, folder, port, enginePort }: Place): Promise<ServerProcess> {
  const options = {
    'postgresql-url': `postgres://postgres@127.0.0.1:${enginePort}/postgres`,
    'listen-addr': `127.0.0.1:${port}`,
    'debug-addr': '-',
    'state-dir': folder,
    telemetry: 'disable',
    'log-level': 'ERROR',
  };
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return startServerProcess({
    command: [gateway, '--no-auth', ...words],
    log: join(folder, 'gateway.log'),
    isReady: () => answersMongo(`mongodb://127.0.0.1:${port}`),
  });
}

/** Whether anybody listens. An engine that still recovers refuses the gateway a little longer, which waits for it. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy());
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
}
