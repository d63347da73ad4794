import { randomBytes } from 'node:crypto';
import { freshDatabase } from '../test/servers/fresh-database.ts';
import { freshPrefix } from '../test/servers/fresh-prefix.ts';
import { mongoServer } from '../test/servers/mongo-server.ts';
import { isMissing, type MissingServer, type TestServer } from '../test/servers/own-server.ts';
import { redisServer } from '../test/servers/redis-server.ts';
import { startGoogleSimulator } from '../test/simulators/google/start-google-simulator.ts';
import { type RollcallProcess, spawnRollcall } from '../test/support/rollcall-process.ts';
import { Unexpected, until } from './expectations.ts';
import { createHttpClient } from './http-client.ts';
import { PEOPLE, type Stage } from './stage.ts';

const EACH_ROLE = 2;

/** The same stage on MongoDB and Redis: two processes that answer and two that work, of which one each can be killed. */
export async function setScaledStage(): Promise<Stage> {
  const [mongo, redis] = await Promise.all([found(mongoServer()), found(redisServer())]);
  const google = await startGoogleSimulator({ seed: 7, people: PEOPLE });
  const database = freshDatabase(mongo);
  const prefix = freshPrefix(redis);
  const operatorKey = randomBytes(24).toString('hex');
  const env = {
    MONGODB_URL: database.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: prefix.prefix,
    ROLLCALL_SECRET_KEY: randomBytes(32).toString('base64'),
    ROLLCALL_OPERATOR_KEY: operatorKey,
    GOOGLE_BASE_URL: google.origin,
    LOG_LEVEL: 'debug',
  };
  const start = (role: string) =>
    Promise.all(Array.from({ length: EACH_ROLE }, () => spawnRollcall({ ...env, ROLLCALL_ROLE: role })));
  const apis = await start('api');
  const workers = await start('worker');
  const anApi = turns(apis);
  return {
    google,
    url: apis[1]?.url ?? '',
    operatorKey,
    operator: createHttpClient(anApi, operatorKey),
    scimClient: (baseUrl, token) =>
      createHttpClient(() => `${anApi()}${new URL(baseUrl).pathname}`, token, 'application/scim+json'),
    killOneOfEach: async (runId) => {
      const worker = await until(
        'a worker to be at it',
        async () => workers.find((each) => isAt(each, runId)),
        Boolean,
      );
      const api = apis.splice(0, 1)[0];
      await Promise.all([api?.end('SIGKILL'), worker?.end('SIGKILL')]);
      if (worker) workers.splice(workers.indexOf(worker), 1);
      return `${apis.length} of ${EACH_ROLE} processes that answer and ${workers.length} of ${EACH_ROLE} that work are left`;
    },
    async clear() {
      await Promise.all([...apis, ...workers].map((each) => each.end('SIGTERM')));
      await google.close();
      await Promise.all([database.drop(), prefix.clear()]);
    },
  };
}

async function found(server: Promise<TestServer | MissingServer>): Promise<TestServer> {
  const brought = await server;
  if (isMissing(brought)) throw new Unexpected(brought.missing);
  return brought;
}

/** The address of one living process after the other. */
function turns(apis: readonly RollcallProcess[]): () => string {
  let turn = 0;
  return () => apis[turn++ % apis.length]?.url ?? '';
}

function isAt({ log }: RollcallProcess, runId: string): boolean {
  return log().some((line) => line.includes('a step of a run begins') && line.includes(runId));
}
