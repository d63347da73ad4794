import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestRollcall, until } from '../support/rollcall.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 120;

const fileOf = (title: string) =>
  ['name,email,title', ...Array.from({ length: PEOPLE }, (_, n) => `Person ${n},p${n}@example.com,${title}`)].join(
    '\n',
  );

describeBothWays('A process that is told to stop in the middle of a chunk', (way) => {
  const interruptions = createInterruptions();
  let folder = '';
  let env: { readonly [name: string]: string } = {};
  let rollcall: TestRollcall;
  let path = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-stopping-'));
    const place = way.name === 'embedded' ? { ROLLCALL_DATA_DIR: folder, ROLLCALL_OPERATOR_KEY: OPERATOR_KEY } : {};
    env = { ...way.env(), ...place };
    rollcall = await startRollcall({ env, overrides: { around: interruptions.around } });
    ({ path } = await rollcall.addOrganization());
    await importsOf(rollcall, { path }).run(fileOf('Clerk'), { activateNew: true });
  });
  after(async () => {
    await rollcall.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Has the process told to stop before it writes for the second time, and starts another one in its place. */
  const stopsMidway = async (begin: () => Promise<unknown>): Promise<void> => {
    let stopped: Promise<void> | null = null;
    interruptions.before('users.saveMany', 2, () => {
      stopped = rollcall.stop();
    });
    await begin();
    await until('it is told to stop', async () => stopped !== null);
    await stopped;
    rollcall = await startRollcall({ env, overrides: { around: interruptions.around } });
  };
  const people = async (): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${path}/users?status=all&limit=200`), 200).items;
  const eventsOf = (id: string) =>
    until('everything is published', async () => {
      const { items } = expectStatus(await rollcall.api.get(`${path}/events?limit=1000`), 200);
      const mine = items.filter(({ userId }: Body) => userId === id);
      return (await rollcall.rollcall.deps.stores.events.pending()) === 0 ? mine : null;
    });

  it('leaves a CSV file to the next one, which ends it: everybody is written once', async () => {
    const { id, digest } = await importsOf(rollcall, { path }).review(fileOf('Boss'));
    await stopsMidway(() => importsOf(rollcall, { path }).commit(id, digest));
    const done = await importsOf(rollcall, { path }).settled(id, ['done']);
    expect(done.outcomes).to.deep.equal({ update: PEOPLE });
    const everybody = await people();
    expect(new Set(everybody.map(({ version, attributes }) => `${version} ${attributes.title}`))).to.deep.equal(
      new Set(['2 Boss']),
    );
    expect(await eventsOf(everybody[0].id)).to.have.length(2);
  });

  it('leaves an action on many people to the next one, which ends it: everybody is written once', async () => {
    const body = { action: 'deactivate', select: { filter: { status: 'active' } } };
    const bulk = expectStatus(await rollcall.api.post(`${path}/users/bulk`, body), 201);
    const confirmation = { digest: bulk.digest, confirmCount: PEOPLE };
    await stopsMidway(() => rollcall.api.post(`${path}/bulk/${bulk.id}/confirm`, confirmation));
    const done = await until('it is done', async () => {
      const now = expectStatus(await rollcall.api.get(`${path}/bulk/${bulk.id}`), 200);
      return now.state === 'done' && now;
    });
    expect(done.outcomes).to.deep.equal({ done: PEOPLE });
    const everybody = await people();
    expect(new Set(everybody.map(({ version, status }) => `${version} ${status}`))).to.deep.equal(
      new Set(['3 deactivated']),
    );
    expect(await eventsOf(everybody[0].id)).to.have.length(3);
  });
});
