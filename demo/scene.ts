import { until } from './expectations.ts';
import type { HttpClient, Json } from './http-client.ts';
import type { Stage } from './stage.ts';

/** What later chapters need from earlier ones. */
export interface Scene extends Stage {
  readonly organization: string;
  /** `/api/organizations/<id>` */
  readonly base: string;
  readonly scim: HttpClient;
  /** How many people Google brought. */
  readonly brought: number;
  readonly suspended: Json;
  readonly taken: Json;
  readonly left: Json;
  /** A CSV file on its way in. */
  readonly imported: Json;
}

/** One step: a title, and what it does and sees, in one line. */
export interface Chapter {
  readonly title: string;
  play(scene: Scene, note: (facts: Partial<Scene>) => void): Promise<string>;
}

/** People of the organization, by a query. */
export const listUsers = ({ operator, base }: Scene, query: string) => operator.get(`${base}/users?${query}`);
/** Whoever has an address. */
export const userOf = async (scene: Scene, email: string): Promise<Json> =>
  (await listUsers(scene, `status=all&q=${encodeURIComponent(email)}`)).items[0];

/** The run once it has ended. */
export async function finishedRun({ operator, base }: Scene, id: string): Promise<Json> {
  return until(
    'the run to end',
    () => operator.get(`${base}/runs/${id}`),
    ({ state }) => state !== 'queued' && state !== 'running',
  );
}

/** Starts a run and waits for its end. */
export async function runNow(scene: Scene, source = 'google'): Promise<Json> {
  const { id } = await scene.operator.send('POST', `${scene.base}/integrations/${source}/runs`, {}, 202);
  return finishedRun(scene, id);
}

async function settled({ operator, base }: Scene): Promise<void> {
  await until(
    'the sweep to end',
    () => operator.get(`${base}/settings`),
    ({ sweep }) => sweep.state === 'idle',
  );
}

/** Changes settings and waits until they have reached everybody. */
export async function changeSettings(scene: Scene, patch: Json): Promise<Json> {
  const answer = await scene.operator.send('PATCH', `${scene.base}/settings`, patch, 200);
  await settled(scene);
  return answer;
}
