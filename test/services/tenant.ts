import { expect } from 'chai';
import type { Conflict } from '../../src/core/conflict.ts';
import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import type { UserEvent } from '../../src/core/event.ts';
import { defaultSettings, NO_SWEEP, type Organization, type Settings } from '../../src/core/organization.ts';
import type { Run } from '../../src/core/run.ts';
import type { Attributes, DirectoryName, User } from '../../src/core/user.ts';
import type { Stores } from '../../src/ports/stores.ts';
import type { AdminTarget } from '../../src/services/admin-change.ts';
import { createAgency } from '../../src/services/agencies.ts';
import { applyGone } from '../../src/services/apply-gone.ts';
import { applyPage } from '../../src/services/apply-page.ts';
import { changeSettings, type SettingsPatch } from '../../src/services/change-settings.ts';
import type { Dependencies, WriteDependencies } from '../../src/services/dependencies.ts';
import type { PageOutcome } from '../../src/services/page-work.ts';
import { createProvisionUser, type ProvisionUser, type ScimAssertion } from '../../src/services/provision-user.ts';
import { sweepPage } from '../../src/services/sweep.ts';
import { syncStep } from '../../src/services/sync-step.ts';
import { openEmbeddedStores } from '../../src/store/open.ts';
import { aDirectoryPerson } from '../core/directory-people.ts';
import { aCatalogEntry } from '../fixtures/catalog.ts';
import { aClock, type TestClock } from '../fixtures/clock.ts';
import { anIntegration } from '../fixtures/organizations.ts';
import { aRun } from '../fixtures/runs.ts';
import { dependenciesOf, type Listing } from './tenant-dependencies.ts';

const ADMIN = { kind: 'operator', id: 'admin' } as const;

/** One organization on the embedded store, and the services that write to it. */
export interface Tenant {
  readonly id: string;
  readonly deps: Dependencies & WriteDependencies;
  readonly stores: Stores;
  readonly clock: TestClock;
  readonly scim: ProvisionUser;
  readonly listing: Listing;
  caller(connectionId?: string): { readonly organizationId: string; readonly connectionId: string };
  /** A SCIM POST by `connection`. */
  post(attributes: Attributes, facts?: Partial<ScimAssertion>, connectionId?: string): Promise<User>;
  /** A PATCH of these attributes. */
  patch(user: User, attributes: Attributes, facts?: Partial<ScimAssertion>): Promise<User>;
  remove(user: User): Promise<void>;
  /** One page of a run of its own; harmful changes are applied at once unless `stage`. */
  page(people: readonly DirectoryPerson[], stage?: boolean): Promise<PageOutcome>;
  gone(source: DirectoryName, userId: string): Promise<boolean>;
  /** A whole run over `listing`; returns it as it ended. */
  sync(): Promise<Run>;
  /** Changes settings and sweeps everybody. */
  set(patch: SettingsPatch): Promise<Organization>;
  sweep(): Promise<void>;
  organization(): Promise<Organization>;
  target(userId: string): AdminTarget;
  /** The id of an open agency, made anew. */
  agency(): Promise<string>;
  user(id: string): Promise<User>;
  byEmail(email: string): Promise<User | null>;
  openConflicts(): Promise<readonly Conflict[]>;
  events(): Promise<readonly UserEvent[]>;
}

/** Opens an organization with the domain example.com; everything is off unless said otherwise. */
export async function openTenant(facts: Partial<Settings> = {}): Promise<Tenant> {
  const clock = aClock();
  const stores = openEmbeddedStores({ dataDir: ':memory:', clock });
  const id = 'organization-1';
  const at = new Date(clock.now()).toISOString();
  const settings = { ...defaultSettings(['example.com']), ...facts };
  await stores.catalog.save(aCatalogEntry({ kind: 'pool', id: 'pool', name: 'Pool' }));
  await stores.organizations.insert({
    id,
    name: 'Example',
    version: 1,
    settings,
    sweep: NO_SWEEP,
    admins: [],
    createdAt: at,
    updatedAt: at,
  });
  const listing: Listing = { people: [], hidden: [], pageSize: 1_000, asked: [] };
  const deps = dependenciesOf(stores, clock, listing);
  const scim = createProvisionUser(deps);
  const caller = (connectionId = 'connection-1') => ({ organizationId: id, connectionId });
  const saying = (attributes: Attributes, said: Partial<ScimAssertion> = {}): ScimAssertion => ({
    attributes,
    externalId: undefined,
    active: undefined,
    opaque: undefined,
    ...said,
  });
  let runs = 0;

  async function inRun<T>(source: DirectoryName, work: (run: Run) => Promise<T>): Promise<T> {
    const run = aRun({ id: `run-${++runs}`, source, integrationId: source, state: 'running' });
    await stores.runs.insert(run);
    const taken = await stores.runs.acquire(id, run.id, 'worker', 60_000);
    if (!taken) throw new Error('nobody else holds the lease');
    const outcome = await work(taken);
    await stores.runs.checkpoint({ run: { ...taken, state: 'finished' } });
    return outcome;
  }

  const tenant: Tenant = {
    id,
    deps,
    stores,
    clock,
    scim,
    listing,
    caller,
    post: (attributes, said, connectionId) => scim.provision(caller(connectionId), saying(attributes, said)),
    patch: ({ scim: { id: scimId } }, attributes, said) =>
      scim.modify(
        caller(),
        scimId ?? '',
        (view) => saying({ ...view.attributes, ...attributes }, { externalId: view.externalId, ...said }),
        null,
      ),
    remove: ({ scim: { id: scimId } }) => scim.deprovision(caller(), scimId ?? '', null),
    page: (people, stage = false) =>
      inRun(people[0]?.source ?? 'google', (run) => applyPage(deps, run, people, stage ? 'harmful' : 'nothing')),
    gone: (source, userId) =>
      inRun(source, async (run) => {
        const key = (await tenant.user(userId)).records.find((record) => record.source === source)?.externalId;
        return applyGone(deps, run, userId, { externalId: key ?? '', harms: ['gone'] });
      }),
    sync: () => syncOnce(deps, id, `run-${++runs}`),
    async set(patch) {
      await changeSettings(deps, id, patch);
      await tenant.sweep();
      return tenant.organization();
    },
    async sweep() {
      while (await sweepPage(deps, id));
    },
    async organization() {
      const organization = await stores.organizations.get(id);
      if (!organization) throw new Error('the organization is gone');
      return organization;
    },
    agency: async () => (await createAgency(deps, id, { name: 'Talent Ltd', roles: [] })).id,
    target: (userId) => ({ organizationId: id, userId, by: ADMIN, ifMatch: null }),
    async user(userId) {
      const user = await stores.users.get(id, userId);
      if (!user) throw new Error(`no user ${userId}`);
      return user;
    },
    byEmail: (email) => stores.users.findByEmail(id, email),
    openConflicts: async () => (await stores.conflicts.list(id, 'open', null, 100)).items,
    async events() {
      while ((await stores.events.relay(500)) > 0);
      return stores.events.list(id, 0, 10_000);
    },
  };
  return tenant;
}

/** Whose word the services take for an admin's. */
export const BY_ADMIN = { kind: 'operator', id: null } as const;

/** A Google person with a key of their own. */
export const listed = (
  externalId: string,
  email: string | null,
  facts: Partial<DirectoryPerson> = {},
): DirectoryPerson => aDirectoryPerson({ externalId, email, ...facts });

/** Checks that the work is refused with the code, and returns what the refusal says beside it. */
export async function refused(
  work: Promise<unknown>,
  code: ErrorCode,
): Promise<{ readonly message: string; readonly details: { readonly [name: string]: unknown } }> {
  const outcome = await work.then(
    () => 'it was done',
    (error: unknown) => error,
  );
  if (!isAppError(outcome)) throw outcome instanceof Error ? outcome : new Error(`expected ${code}, but ${outcome}`);
  expect(outcome.code).to.equal(code);
  return outcome;
}

async function syncOnce(deps: Dependencies & WriteDependencies, organizationId: string, id: string): Promise<Run> {
  const { stores } = deps;
  const { settings } = (await stores.organizations.get(organizationId)) ?? {};
  const integration = anIntegration({ organizationId, sealedCredentials: '{}' });
  if (!(await stores.integrations.get(organizationId, 'google'))) await stores.integrations.put(integration);
  const { id: integrationId, version } = (await stores.integrations.get(organizationId, 'google')) ?? integration;
  const pins = { syncVersion: settings?.google.syncVersion ?? 0, integrationVersion: version };
  await stores.runs.insert(aRun({ id, organizationId, integrationId, pins }));
  for (;;) {
    await syncStep(deps, organizationId, id);
    const run = await stores.runs.get(organizationId, id);
    if (!run) throw new Error('the run is gone');
    if (run.state !== 'queued' && run.state !== 'running') return run;
  }
}
