import type { ApiClient, Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { expectStatus, waitFor } from './installation.ts';

/** Work on many people that a process does page by page. */
export interface MassWork {
  readonly job: 'import' | 'bulk';
  /** Brings about whom it needs, and has it looked at; nothing of it is done before it is begun. */
  prepare(api: ApiClient, path: string, people: number): Promise<MassTask>;
}

export interface MassTask {
  readonly id: string;
  /** Has it carried out; asked again it goes on. */
  begin(api: ApiClient): Promise<Body>;
  read(api: ApiClient): Promise<Body>;
}

const addressOf = (n: number): string => `p${n}@example.com`;

const fileOf = (from: number, to: number, title: string): string =>
  [
    'name,email,title',
    ...Array.from({ length: to - from }, (_, n) => `Person ${from + n},${addressOf(from + n)},${title}`),
  ].join('\n');

async function importPeople(api: ApiClient, path: string, from: number, to: number): Promise<void> {
  const imports = importsOf({ api }, { path });
  const { id, digest } = await imports.review(fileOf(from, to, 'Clerk'), { activateNew: true });
  expectStatus(await imports.commit(id, digest), 202);
  await waitFor('the people are there', async () => (await imports.read(id)).state === 'done', 60_000);
}

const idOf = async (api: ApiClient, path: string, n: number): Promise<string> =>
  expectStatus(await api.get(`${path}/users?status=all&q=${addressOf(n)}`), 200).items[0].id;

const makeAdmin = async (api: ApiClient, path: string, id: string) =>
  expectStatus(await api.put(`${path}/users/${id}/access`, { level: 'admin' }), 200);

/** Half of the people are new, the other half is changed; one of them is an admin, who goes the single way. */
const aFile: MassWork = {
  job: 'import',
  async prepare(api, path, people) {
    await importPeople(api, path, 0, people / 2);
    await makeAdmin(api, path, await idOf(api, path, 1));
    const imports = importsOf({ api }, { path });
    return taskOfFile(path, await imports.review(fileOf(0, people, 'Boss')));
  },
};

/** The carrying out of a file that was reviewed. */
export const taskOfFile = (path: string, { id, digest }: Body): MassTask => ({
  id,
  begin: async (client) => expectStatus(await client.post(`${path}/imports/${id}/commit`, { digest }), 202),
  read: async (client) => expectStatus(await client.get(`${path}/imports/${id}`), 200),
});

/** One of the people has roles, one is in a pool, and one is the last admin, who stays. */
const aDeactivation: MassWork = {
  job: 'bulk',
  async prepare(api, path, people) {
    await importPeople(api, path, 0, people);
    await makeAdmin(api, path, await idOf(api, path, 1));
    const role = { role: 'recruiter', scope: { kind: 'job', id: 'job' } };
    expectStatus(await api.put(`${path}/catalog/jobs/job`, { name: 'Job' }), 200);
    const access = { level: 'elevated', roles: [role] };
    expectStatus(await api.put(`${path}/users/${await idOf(api, path, 2)}/access`, access), 200);
    const pooled = { action: 'addPool', pool: 'p', select: { ids: [await idOf(api, path, 3)] } };
    expectStatus(await api.put(`${path}/pools/p`, { name: 'Pool' }), 200);
    const first = await look(api, path, pooled);
    await first.begin(api);
    await waitFor('somebody is in the pool', async () => (await first.read(api)).state === 'done');
    return look(api, path, { action: 'deactivate', select: { filter: { status: 'active' } }, reason: 'we close' });
  },
};

/** An action that was looked at. */
export async function look(api: ApiClient, path: string, body: object): Promise<MassTask> {
  const { id, digest, counts } = expectStatus(await api.post(`${path}/users/bulk`, body), 201);
  const confirmation = { digest, confirmCount: counts.done };
  return {
    id,
    begin: async (client) => expectStatus(await client.post(`${path}/bulk/${id}/confirm`, confirmation), 202),
    read: async (client) => expectStatus(await client.get(`${path}/bulk/${id}`), 200),
  };
}

export const MASS_WORKS: { readonly [title: string]: MassWork } = {
  'a CSV file': aFile,
  'an action on many people': aDeactivation,
};
