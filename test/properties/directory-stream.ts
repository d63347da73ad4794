import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import { isAppError } from '../../src/core/errors.ts';
import type { Run } from '../../src/core/run.ts';
import type { DirectoryName } from '../../src/core/user.ts';
import { applyGone } from '../../src/services/apply-gone.ts';
import { applyPage } from '../../src/services/apply-page.ts';
import { aRun } from '../fixtures/runs.ts';
import { addressOf, type DirectoryOperation, type Listed, type Name } from './schedule.ts';
import { LEASE_MS, ORGANIZATION, say, sayGone, type World } from './world.ts';

/** A directory's workers: one run after the other, each with a page, now and then with a predecessor who was only frozen. */
export async function directoryStream(
  world: World,
  source: DirectoryName,
  operations: readonly DirectoryOperation[],
): Promise<void> {
  for (const [index, operation] of operations.entries()) {
    await world.pause(operation.pause);
    await oneRun(world, source, `run-${source}-${index}`, operation);
  }
}

/** Delivers once more, in a run of its own, what a directory last got through about people. */
export async function redeliver(world: World, source: DirectoryName, listed: readonly Listed[]): Promise<void> {
  const id = `run-${source}-again`;
  await world.deps.stores.runs.insert(newRun(source, id));
  const run = await world.deps.stores.runs.acquire(ORGANIZATION, id, 'worker', LEASE_MS);
  if (run) await applyPeople(world, run, listed, true, world.nextOrder());
}

async function oneRun(world: World, source: DirectoryName, id: string, operation: DirectoryOperation): Promise<void> {
  const { runs } = world.deps.stores;
  await runs.insert(newRun(source, id));
  if (operation.zombie) await freeze(world, id, operation.zombie);
  const run = await runs.acquire(ORGANIZATION, id, 'worker', LEASE_MS);
  if (!run) throw new Error('the lease of a frozen worker must run out');
  const order = world.nextOrder();
  const deliver = () => deliverWhileOn(world, run, operation, order);
  if (operation.times === 2 && operation.together) await Promise.all([deliver(), deliver()]);
  else for (let time = 0; time < operation.times; time++) await deliver();
  await runs.checkpoint({ run: { ...run, state: 'finished' } });
  await runs.release({ runId: id, epoch: run.epoch }, 'worker');
}

/** Lets an older worker hold the lease, read an older page and sleep until anybody's turn; then its lease runs out. */
async function freeze(world: World, id: string, page: Listed): Promise<void> {
  const run = await world.deps.stores.runs.acquire(ORGANIZATION, id, 'zombie', LEASE_MS);
  if (!run) throw new Error('a new run is free');
  const order = world.nextOrder();
  const dig = applyOne(world, run, page, false, order).catch((error: unknown) => {
    if (!isAppError(error, 'superseded')) throw error;
  });
  world.background.push(dig);
  await world.expireLeases();
}

/** As each step of a run does: looks first whether people are still to be synced. */
async function deliverWhileOn(world: World, run: Run, operation: DirectoryOperation, order: number): Promise<void> {
  const organization = await world.deps.stores.organizations.get(ORGANIZATION);
  if (!organization?.settings[run.source].syncUsers) return;
  const people = operation.listed.filter(({ activity }) => activity !== 'gone');
  const staged = await applyPeople(world, run, people, true, order);
  if (operation.approved && staged.length > 0) await applyPeople(world, run, staged, false, order);
  for (const listed of operation.listed)
    if (listed.activity === 'gone' && operation.approved) await applyOne(world, run, listed, false, order);
}

async function applyOne(world: World, run: Run, listed: Listed, stage: boolean, order: number): Promise<void> {
  if (listed.activity !== 'gone') {
    await applyPeople(world, run, [listed], stage, order);
    return;
  }
  const key = keyFor(run.source, listed.name);
  const [user] = await world.deps.stores.users.findBySourceKeys(ORGANIZATION, run.source, null, [key]);
  if (user && (await applyGone(world.deps, run, user.id, { externalId: key, harms: ['gone'] })))
    sayGone(world, key, order);
}

/** Applies a page and remembers who got through; returns who was staged. */
async function applyPeople(
  world: World,
  run: Run,
  page: readonly Listed[],
  stage: boolean,
  order: number,
): Promise<readonly Listed[]> {
  if (page.length === 0) return [];
  const people = page.map((listed) => personOf(run.source, listed));
  const outcome = await applyPage(world.deps, run, people, stage ? 'harmful' : 'nothing');
  const isNamed = (rows: readonly { readonly externalId: string | null }[], key: string) =>
    rows.some(({ externalId }) => externalId === key);
  for (const [index, { externalId, email, activity }] of people.entries()) {
    const listed = page[index];
    if (!listed || isNamed(outcome.staged, externalId) || isNamed(outcome.reasons, externalId)) continue;
    const attributes = attributesOf(listed);
    const word = { attributes, email, enabled: null, activity };
    if (say(world, externalId, order, () => word)) world.pages.set(externalId, listed);
  }
  return page.filter((listed) => isNamed(outcome.staged, keyFor(run.source, listed.name)));
}

/** The key a directory knows somebody under. */
export const keyFor = (source: DirectoryName, name: Name): string => `${source}:${name}`;

function attributesOf({ content: { title, givenName } }: Listed) {
  return { ...(title ? { title } : {}), ...(givenName ? { name: { givenName } } : {}) };
}

function personOf(source: DirectoryName, listed: Listed): DirectoryPerson {
  const { name, activity, content } = listed;
  const email = content.email === undefined ? addressOf(name) : content.email;
  const known = {
    source,
    externalId: keyFor(source, name),
    tenant: null,
    email,
    aliases: [],
    givenName: content.givenName ?? null,
    familyName: null,
    displayName: null,
    activity: activity === 'gone' ? ('unknown' as const) : activity,
    reasons: activity === 'inactive' ? ['suspended'] : [],
    kind: 'member' as const,
    title: content.title ?? null,
    department: null,
    employeeNumber: null,
    orgUnit: null,
  };
  return { ...known, hash: JSON.stringify(known) };
}

function newRun(source: DirectoryName, id: string): Run {
  return aRun({ id, organizationId: ORGANIZATION, integrationId: source, source, state: 'running' });
}
