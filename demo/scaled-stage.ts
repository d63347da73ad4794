import { freshInstallation } from '../test/servers/fresh-installation.ts';
import { startGoogleSimulator } from '../test/simulators/google/start-google-simulator.ts';
import { type RollcallProcess, spawnRollcall } from '../test/support/rollcall-process.ts';
import { until } from './expectations.ts';
import { createHttpClient } from './http-client.ts';
import { PEOPLE, type Stage, startMicrosoft } from './stage.ts';

const EACH_ROLE = 2;

/** The same stage on MongoDB and Redis: two processes that answer and two that work, of which one each can be killed. */
export async function setScaledStage(): Promise<Stage> {
  const installation = await freshInstallation();
  const { operatorKey } = installation;
  const google = await startGoogleSimulator({ seed: 7, people: PEOPLE });
  const microsoft = await startMicrosoft();
  const directories = {
    GOOGLE_BASE_URL: google.origin,
    MICROSOFT_LOGIN_URL: microsoft.origin,
    MICROSOFT_GRAPH_URL: microsoft.origin,
  };
  const env = { ...installation.env, ...directories, LOG_LEVEL: 'debug' };
  const start = (role: string) =>
    Promise.all(Array.from({ length: EACH_ROLE }, () => spawnRollcall({ ...env, ROLLCALL_ROLE: role })));
  const apis = await start('api');
  const workers = await start('worker');
  const anApi = turns(apis);
  return {
    google,
    microsoft,
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
      await microsoft.close();
      await installation.drop();
    },
  };
}

/** The address of one living process after the other. */
function turns(apis: readonly RollcallProcess[]): () => string {
  let turn = 0;
  return () => apis[turn++ % apis.length]?.url ?? '';
}

function isAt({ log }: RollcallProcess, runId: string): boolean {
  return log().some((line) => line.includes('a step of a run begins') && line.includes(runId));
}
