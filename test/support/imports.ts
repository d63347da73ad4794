import type { Body } from './api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from './rollcall.ts';
import type { WayOfRunning } from './ways-of-running.ts';

/** What the tests of a suite find: one server for all of them, and an organization of its own for each. */
export interface ImportScene {
  readonly rollcall: TestRollcall;
  readonly organization: TestOrganization;
  readonly imports: ReturnType<typeof importsOf>;
}

/** Sets the scene of a suite; it is there in hooks and tests only. */
export function importScene(way: WayOfRunning): ImportScene {
  const scene: { -readonly [Name in keyof ImportScene]?: ImportScene[Name] } = {};
  before(async () => {
    scene.rollcall = await startRollcall({ env: way.env() });
  });
  after(() => scene.rollcall?.stop());
  beforeEach(async () => {
    const { rollcall } = scene as ImportScene;
    scene.organization = await rollcall.addOrganization();
    scene.imports = importsOf(rollcall, scene.organization);
  });
  return scene as ImportScene;
}

/** CSV imports as an admin runs them. */
export function importsOf({ api }: Pick<TestRollcall, 'api'>, { path }: Pick<TestOrganization, 'path'>) {
  const send = (text: string | Buffer, query = '', type = 'text/csv') =>
    api.send({ method: 'POST', path: `/api${path}/imports${query}`, raw: text, headers: { 'content-type': type } });
  const read = async (id: string): Promise<Body> => expectStatus(await api.get(`${path}/imports/${id}`), 200);
  const settled = (id: string, states: readonly string[]) =>
    until(`the import is ${states.join(' or ')}`, async () => {
      const entry = await read(id);
      return states.includes(entry.state) ? entry : null;
    });
  /** Sends a file and waits until its rows are read. */
  const upload = async (text: string | Buffer, query = ''): Promise<Body> =>
    settled(expectStatus(await send(text, query), 202).id, ['mapping', 'failed']);
  const map = async (id: string, mapping: object = {}): Promise<Body> => {
    expectStatus(await api.put(`${path}/imports/${id}/mapping`, mapping), 200);
    return settled(id, ['reviewed']);
  };
  const review = async (text: string | Buffer, mapping: object = {}) => map((await upload(text)).id, mapping);
  const commit = (id: string, digest: string) => api.post(`${path}/imports/${id}/commit`, { digest });
  const carryOut = async ({ id, digest }: Body): Promise<Body> => {
    expectStatus(await commit(id, digest), 202);
    return settled(id, ['done']);
  };
  const run = async (text: string | Buffer, mapping: object = {}) => carryOut(await review(text, mapping));
  const rows = async (id: string, query = ''): Promise<readonly Body[]> =>
    expectStatus(await api.get(`${path}/imports/${id}/rows${query}`), 200).items;
  const file = async (id: string, name: string): Promise<string> => {
    const answer = await api.get(`${path}/imports/${id}/${name}`);
    expectStatus(answer, 200);
    return answer.text;
  };
  return { send, read, settled, upload, map, review, commit, carryOut, run, rows, file };
}
