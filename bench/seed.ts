import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readResource } from '../scim/schema/read-resource.ts';
import { builtInSchemas } from '../scim/schema/served-schemas.ts';
import { newUser } from '../src/core/new-user.ts';
import type { Organization } from '../src/core/organization.ts';
import { GROUP, type ScimResource } from '../src/core/scim-resource.ts';
import { PLAIN_TERMS, settle } from '../src/core/settle.ts';
import type { User } from '../src/core/user.ts';
import type { Stores } from '../src/ports/stores.ts';
import { createIdentifiers } from '../src/runtime/time-ordered-identifiers.ts';
import { createOrganization, readOrganization } from '../src/services/organizations.ts';
import { putAssertion } from '../src/services/put-assertion.ts';
import { openEmbeddedStores } from '../src/store/open.ts';
import { scimPerson } from './people.ts';

/** Somebody a request can be about. */
export interface Known {
  readonly scimId: string;
  readonly index: number;
}

/** Two equal databases: one for Rollcall, one for the bare routes. */
export interface Population {
  /** People of each organization. */
  readonly users: number;
  readonly rollcallDir: string;
  readonly bareDir: string;
  readonly organizations: readonly Filled[];
}

/** An organization and the people in it. */
export interface Filled {
  readonly users: number;
  readonly organizationId: string;
  readonly connectionId: string;
  /** Spread evenly over everybody. */
  readonly sample: readonly Known[];
  /** The id after which the last page but one begins. */
  readonly cursor: string;
  /** Sizes as in GROUP_SIZES, as far as there are people for them. */
  readonly groups: readonly string[];
  /** People who are in none of the groups. */
  readonly outsiders: readonly string[];
}

/** People of the groups, as long as there are so many and some left over. */
export const GROUP_SIZES = [10, 10_000, 100_000] as const;
export const OUTSIDERS = 100;

const BATCH = 500;
const SAMPLE = 1_000;
const FROM_THE_END = 201;

/**
 * Fills a database with people who came over SCIM, and copies the file: every measured pair works on the same rows and indexes.
 */
export async function seed(folder: string, users: number, organizations = 1, grouped = false): Promise<Population> {
  const name = `${organizations}-${users}-${grouped}`;
  const rollcallDir = join(folder, `rollcall-${name}`);
  const bareDir = join(folder, `bare-${name}`);
  const stores = openEmbeddedStores({ dataDir: rollcallDir, clock: CLOCK });
  const filled: Filled[] = [];
  for (let made = 0; made < organizations; made++) filled.push(await fill(stores, users, grouped));
  await stores.close();
  await mkdir(bareDir);
  await copyFile(join(rollcallDir, 'rollcall.db'), join(bareDir, 'bare.db'));
  return { users, organizations: filled, rollcallDir, bareDir };
}

const CLOCK = { now: () => Date.now() };

/** Makes an organization with people who came over SCIM, straight through the store, and with groups when told. */
export async function fill(stores: Stores, users: number, grouped = false): Promise<Filled> {
  const identifiers = createIdentifiers(CLOCK);
  const deps = { stores, clock: CLOCK, identifiers };
  const organization = await scimOrganization(deps);
  const [connection] = await stores.tokens.connections(organization.id);
  const connectionId = connection?.id ?? '';
  const make = personMaker(organization, connectionId, identifiers);
  const sample: Known[] = [];
  const everybody: string[] = [];
  let cursor = '';
  const stride = Math.max(1, Math.floor(users / SAMPLE));
  for (let from = 0; from < users; from += BATCH) {
    const people = Array.from({ length: Math.min(BATCH, users - from) }, (_, offset) => make(from + offset));
    for (const [offset, { id, scim }] of people.entries()) {
      if ((from + offset) % stride === 0) sample.push({ scimId: scim.id ?? '', index: from + offset });
      if (from + offset === users - FROM_THE_END) cursor = id;
    }
    await stores.users.saveMany(people.map((user) => ({ user, events: [] })));
    everybody.push(...people.flatMap(({ scim }) => scim.id ?? []));
  }
  const filled = { users, organizationId: organization.id, connectionId, sample, cursor };
  const outsiders = everybody.slice(-OUTSIDERS);
  const groups = grouped ? await fillGroups(stores, identifiers, filled, everybody.slice(0, -OUTSIDERS)) : [];
  return { ...filled, outsiders, groups };
}

async function fillGroups(
  stores: Stores,
  identifiers: ReturnType<typeof createIdentifiers>,
  { organizationId, connectionId }: Pick<Filled, 'organizationId' | 'connectionId'>,
  people: readonly string[],
): Promise<readonly string[]> {
  const groups: string[] = [];
  for (const size of GROUP_SIZES.filter((most) => most <= people.length)) {
    const [id, at, name] = [identifiers.next(), new Date().toISOString(), `group of ${size}`];
    const resource: ScimResource = {
      id,
      organizationId,
      connectionId,
      type: GROUP,
      externalId: null,
      attributes: { displayName: name },
      version: 1,
      createdAt: at,
      updatedAt: at,
    };
    const add = people.slice(0, size).map((scimId) => ({ id: scimId, kind: 'User' as const }));
    const members = { replace: true, add, remove: [] };
    await stores.resources.save({ resource, claims: [`displayName:${name}`], members });
    groups.push(id);
  }
  return groups;
}

async function scimOrganization(deps: Parameters<typeof createOrganization>[0]): Promise<Organization> {
  const organization = await createOrganization(deps, { name: 'Bench', domains: ['bench.example'] });
  const { settings } = organization;
  await deps.stores.organizations.save({
    ...organization,
    version: organization.version + 1,
    settings: { ...settings, scim: { enabled: true }, version: settings.version + 1 },
  });
  return readOrganization(deps, organization.id);
}

/** Makes people as a SCIM POST would leave them. */
function personMaker(
  { id: organizationId, settings }: Organization,
  connectionId: string,
  identifiers: ReturnType<typeof createIdentifiers>,
): (index: number) => User {
  const { schema } = builtInSchemas().user;
  const by = { kind: 'connection', id: connectionId } as const;
  return (index) => {
    const at = new Date().toISOString();
    const blank = newUser({
      id: identifiers.next(),
      organizationId,
      kind: 'employee',
      scimId: identifiers.next(),
      at,
    });
    const assertion = readResource(schema, scimPerson(index));
    const { user } = putAssertion(blank, { organizationId, connectionId }, assertion, true);
    return settle(blank, user, settings, { ...PLAIN_TERMS, at, by }).user;
  };
}
