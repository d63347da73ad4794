import { expect } from 'chai';
import { isAppError } from '../../src/core/errors.ts';
import { defaultSettings } from '../../src/core/organization.ts';
import type { User } from '../../src/core/user.ts';
import type { AdminTarget } from '../../src/services/admin-change.ts';
import { applyPage } from '../../src/services/apply-page.ts';
import { activateUser, deactivateUser, terminateUser } from '../../src/services/change-status.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { isAdmin } from '../../src/services/organization-admins.ts';
import { setAccess } from '../../src/services/set-access.ts';
import { aDirectoryPerson } from '../core/directory-people.ts';
import { aRun } from '../fixtures/runs.ts';
import { createMemoryStores } from '../memory-stores.ts';
import { createRandom, type Random } from './random.ts';
import { createTurns } from './turns.ts';
import { createWorld, ORGANIZATION, type World } from './world.ts';

const SEED = Number(process.env.ROLLCALL_PROPERTY_SEED ?? Math.floor(Math.random() * 1_000_000_000));
const RUNS = Math.min(Number(process.env.ROLLCALL_PROPERTY_RUNS ?? 20_000), 3_000);
const PEOPLE = 3;

type Act = (world: World, target: AdminTarget) => Promise<unknown>;

const ACTS: readonly Act[] = [
  ({ deps }, target) => setAccess(deps, target, { level: 'admin' }),
  ({ deps }, target) => setAccess(deps, target, { level: 'admin' }),
  ({ deps }, target) => setAccess(deps, target, { level: 'limited' }),
  ({ deps }, target) => activateUser(deps, target),
  ({ deps }, target) => deactivateUser(deps, target),
  ({ deps }, target) => terminateUser(deps, target),
  ({ deps }, target) => editUser(deps, target, { attributes: { title: target.by.id } }),
  (world, target) => report(world, target, 'inactive'),
  (world, target) => report(world, target, 'active'),
];

describe(`R26: the last organization admin, ROLLCALL_PROPERTY_SEED=${SEED}`, () => {
  it(`is never lost in ${RUNS} races of admins who make and unmake each other`, async () => {
    for (let run = 0; run < RUNS; run++)
      expect(
        await race(SEED + run),
        `again with ROLLCALL_PROPERTY_SEED=${SEED + run} ROLLCALL_PROPERTY_RUNS=1`,
      ).to.deep.equal([]);
  }).timeout(120_000);
});

/** Lets four admins act at once, and looks after every write whether somebody is still admin. */
async function race(seed: number): Promise<readonly string[]> {
  const random = createRandom(seed);
  const clock = { at: Date.parse('2026-01-01T00:00:00.000Z') };
  const turns = createTurns(random);
  const opened = { stores: createMemoryStores({ now: () => clock.at }), clock };
  const google = { syncUsers: true, autoEnableUsers: true, syncVersion: 0 };
  const world = await createWorld(opened, { ...defaultSettings([]), google }, turns, null);
  const ids: string[] = [];
  await turns.dealUntil(appoint(world, ids));
  await turns.dealUntil(
    Promise.all(Array.from({ length: 4 }, (_, index) => actAll(world, random, ids, `admin-${index}`))),
  );
  return [...lostAdmins(world), ...(await ghosts(world))];
}

async function appoint(world: World, ids: string[]): Promise<void> {
  for (let person = 0; person < PEOPLE; person++) {
    const by = { kind: 'operator', id: 'first' } as const;
    const { id } = await createUser(world.deps, ORGANIZATION, by, { attributes: {}, email: `p${person}@example.com` });
    ids.push(id);
    await activateUser(world.deps, targetOf(id, 'first'));
    if (person < 2) await setAccess(world.deps, targetOf(id, 'first'), { level: 'admin' });
  }
}

async function actAll(world: World, random: Random, ids: readonly string[], admin: string): Promise<void> {
  for (let act = 0; act < 3; act++) {
    const target = targetOf(random.pick(ids), `${admin}-${act}`);
    await random
      .pick(ACTS)(world, target)
      .catch((error: unknown) => {
        if (!isAppError(error, 'last_admin', 'not_active', 'overridden')) throw error;
      });
  }
}

/** A directory says of somebody, in a run of its own, that they are active or not. */
async function report({ deps }: World, { userId, by }: AdminTarget, activity: 'active' | 'inactive'): Promise<void> {
  const id = `run-${by.id}`;
  const run = aRun({ id, organizationId: ORGANIZATION, integrationId: id, state: 'running' });
  await deps.stores.runs.insert(run);
  const user = await deps.stores.users.get(ORGANIZATION, userId);
  const person = aDirectoryPerson({ externalId: userId, email: user?.email ?? null, activity, title: by.id });
  await applyPage(deps, run, [person], 'nothing');
}

const targetOf = (userId: string, admin: string): AdminTarget => ({
  organizationId: ORGANIZATION,
  userId,
  by: { kind: 'operator', id: admin },
  ifMatch: null,
});

/** Every moment after the first admin was made at which there was none. */
function lostAdmins({ history }: World): readonly string[] {
  const people = new Map<string, User>();
  const faults: string[] = [];
  let had = false;
  for (const { user } of history) {
    people.set(user.id, user);
    const admins = [...people.values()].filter(isAdmin).length;
    if (had && admins === 0) faults.push(`no admin after ${user.id} v${user.version}`);
    had ||= admins > 0;
  }
  return faults;
}

/** In the end the organization lists its admins, and nobody else. */
async function ghosts({ stores }: World): Promise<readonly string[]> {
  const organization = await stores.organizations.get(ORGANIZATION);
  const { items } = await stores.users.list(ORGANIZATION, null, null, 100);
  const admins = items.filter(isAdmin).map(({ id }) => id);
  const listed = [...(organization?.admins ?? [])].sort();
  return listed.join() === admins.join() ? [] : [`listed ${listed.join()}, admins ${admins.join()}`];
}
