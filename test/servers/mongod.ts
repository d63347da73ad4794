import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersMongo } from './answers-mongo.ts';
import { freePort } from './free-port.ts';
import { guarded } from './guard.ts';
import type { StartMongo } from './mongo-server.ts';
import { startServerProcess } from './server-process.ts';
import { startSingleServer } from './single-server.ts';

/** Starts a standalone mongod with an empty database. Its journal is always on disk before it says so. */
export const startMongod: StartMongo<string> = async (program) => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-mongod-'));
  const release = guarded({ folder });
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}`;
  const start = () =>
    startServerProcess({
      command: [program, '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', folder, '--nounixsocket'],
      log: join(folder, 'mongod.log'),
      isReady: () => answersMongo(url),
    });
  return startSingleServer({ url, port, folder, release, start });
};
