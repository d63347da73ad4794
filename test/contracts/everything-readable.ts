import { groupKey } from '../../src/core/group-mapping.ts';
import type { Stores } from '../../src/ports/stores.ts';
import type { Page } from '../../src/ports/user-store.ts';
import { aGroupMapping } from '../fixtures/group-mappings.ts';

const STATES = ['open', 'accepted', 'dismissed', 'resolved'] as const;
const STATUSES = ['unprovisioned', 'active', 'deactivated', 'terminated'] as const;
const SOURCES = ['google', 'microsoft'] as const;
const AT = '2026-06-01T00:00:00.000Z';
const KINDS = ['role', 'job', 'department', 'location', 'pool'] as const;
const LATE = '2030-01-01T00:00:00.000Z';

/** What every read of every port answers, by name: two stores that hold the same give the same. */
export async function everythingReadable(stores: Stores): Promise<ReadonlyMap<string, unknown>> {
  const { organizations, integrations, runs, events } = stores;
  const known = await pages((cursor) => organizations.list(cursor, 1));
  const seen = new Map<string, unknown>([
    ['organizations', known],
    ['organizations.count', await organizations.count()],
    ['organizations.sweeping', await organizations.sweeping()],
    ['integrations.due', await integrations.due(LATE, 100)],
    ['runs.unheld', await runs.unheld(100)],
    ['events.pending', await events.pending()],
    ['hasSealed', await stores.hasSealed()],
  ]);
  for (const { id } of known) for (const [name, answer] of await readableOf(stores, id)) seen.set(name, answer);
  return seen;
}

/** What they answer about one organization. */
export async function readableOf(stores: Stores, organizationId: string): Promise<ReadonlyMap<string, unknown>> {
  const seen = new Map<string, unknown>();
  for (const look of [
    readAccounts,
    readBulks,
    readPeople,
    readInterviews,
    readScim,
    readResources,
    readRuns,
    readConflicts,
  ])
    for (const [name, answer] of await look(stores, organizationId)) seen.set(`${name} of ${organizationId}`, answer);
  return seen;
}

type Answers = readonly (readonly [string, unknown])[];

async function readAccounts(stores: Stores, id: string): Promise<Answers> {
  const { configurations, organizations, integrations, tokens, clients, events } = stores;
  const listed = await tokens.list(id);
  const connections = await tokens.connections(id);
  const ofEach = await Promise.all(connections.map((connection) => clients.list(id, connection.id)));
  return [
    ['configuration', await configurations.get(id)],
    ['organization', await organizations.get(id)],
    ['integrations', await integrations.list(id)],
    ['google', await integrations.get(id, 'google')],
    ['connections', connections],
    ['clients', ofEach],
    ['agencies', await pages((cursor) => stores.agencies.list(id, null, cursor, 1))],
    ['archived agencies', await stores.agencies.count(id, 'archived')],
    ['api keys', await stores.apiKeys.get(id)],
    [
      'api keys by key',
      await Promise.all((await stores.apiKeys.get(id)).keys.map(({ keyId }) => stores.apiKeys.find(keyId))),
    ],
    ['watches', await Promise.all(connections.map((connection) => stores.watches.get(id, connection.id)))],
    ['kept answer', await stores.keptAnswers.get(id, 'key-1')],
    ['states', await Promise.all(SOURCES.map((source) => stores.syncStates.get(id, source)))],
    ['directory groups', await stores.directoryGroups.groupsOf(id, 'google', ['g1', 'g2', 'Ü/$'])],
    [
      'members of directory groups',
      await stores.directoryGroups.members(
        { organizationId: id, source: 'google', group: 'sales@example.com' },
        null,
        9,
      ),
    ],
    ['group mappings', await stores.groupMappings.list(id, null, 100)],
    ['mappings of groups', await stores.groupMappings.ofGroups(id, [aGroupMapping().group].map(groupKey))],
    ['catalog', await Promise.all(KINDS.map((kind) => stores.catalog.list(id, kind, null, 100)))],
    ['removals', await Promise.all(SOURCES.map((source) => stores.removals.list(id, source, {}, null, 100)))],
    ['imports', await stores.imports.list(id, null, 100)],
    ['rows of imports', await importRows(stores, id)],
    ['clients by id', await Promise.all(ofEach.flat().map((client) => clients.find(client.id)))],
    ['tokens', listed],
    ['tokens by key', await Promise.all(listed.map(({ keyId }) => tokens.findByKeyId(keyId)))],
    ['feed', await events.list(id, 0, 10_000)],
    ['rest of the feed', await events.list(id, 7, 3)],
  ];
}

async function importRows(stores: Stores, organizationId: string): Promise<readonly (string | null)[]> {
  const { items } = await stores.imports.list(organizationId, null, 100);
  const keys = items.flatMap(({ id: importId }) => [0, 1].map((page) => ({ importId, page })));
  return Promise.all(keys.map((key) => stores.imports.part({ organizationId, part: 'file', ...key })));
}

async function readPeople(stores: Stores, id: string): Promise<Answers> {
  const { users } = stores;
  const people = await pages((cursor) => users.list(id, null, cursor, 50));
  const of = <T, R>(values: readonly T[], ask: (value: T) => R) => Promise.all(values.map(ask));
  const texts = (values: readonly (string | null | undefined)[]) => values.filter((text) => typeof text === 'string');
  const names = people.flatMap(({ records }) => records.map(({ attributes }) => attributes.userName as string));
  return [
    ['people', people],
    [
      'history',
      await of(people, async (user) => [
        await stores.history.list(id, user.id, null, 10),
        await stores.history.list(id, user.id, 2, 1),
      ]),
    ],
    ['people.get', await of(people, (user) => users.get(id, user.id))],
    ['people by address', await of(texts(people.map(({ email }) => email)), (email) => users.findByEmail(id, email))],
    ['people by name', await of(texts(names), (name) => users.findByUserName(id, name))],
    ['people called Zoë', await pages((cursor) => users.list(id, { field: 'q', op: 'co', value: 'zoë' }, cursor, 5))],
    ['counts', await of(STATUSES, (value) => users.count(id, { field: 'status', op: 'eq', value }))],
    ['count', await users.count(id, null)],
    ['active', await of(SOURCES, (source) => users.countActive(id, source))],
    [
      'news',
      await users.directoryNews(
        id,
        'google',
        people.map((_, n) => ({ externalId: `g${n}`, hash: n % 9 ? 'hash' : 'new' })),
        false,
      ),
    ],
  ];
}

async function readBulks({ bulks }: Stores, organizationId: string): Promise<Answers> {
  const pagesOf = (bulkId: string) =>
    (['people', 'outcome'] as const).map((part) => bulks.page({ organizationId, bulkId, part, page: 0 }));
  return [
    ['bulks.get', await Promise.all(['bulk-1', 'bulk-2'].map((id) => bulks.get(organizationId, id)))],
    ['bulks.page', await Promise.all(['bulk-1', 'bulk-2'].flatMap(pagesOf))],
    ['bulks.list', await bulks.list(organizationId, null, 100)],
    ['bulks.running', await bulks.running(100)],
    ['bulks.expired', await bulks.expired('2099-01-01T00:00:00.000Z', 100)],
  ];
}

async function readInterviews({ interviews, users }: Stores, organizationId: string): Promise<Answers> {
  const listed = await pages((cursor) => interviews.list({ organizationId }, cursor, 2));
  const { items: people } = await users.list(organizationId, null, null, 5);
  const ofEach = people.map(({ id: interviewer }) =>
    interviews.list({ organizationId, interviewer, aheadOf: AT }, null, 100),
  );
  return [
    ['interviews', listed],
    ['interviews.get', await Promise.all(listed.map(({ id }) => interviews.get(organizationId, id)))],
    ['interviews ahead', await interviews.list({ organizationId, aheadOf: AT }, null, 100)],
    ['interviews of people', await Promise.all(ofEach)],
    ['interviews.count', await interviews.count({ organizationId }, 100)],
  ];
}

async function readScim({ users, tokens }: Stores, organizationId: string): Promise<Answers> {
  const answers: (readonly [string, unknown])[] = [];
  for (const { id: connectionId } of await tokens.connections(organizationId)) {
    const shown = await users.listForScim({ organizationId, connectionId, from: { offset: 3 }, limit: 50 });
    const keys = shown.users.flatMap(({ records }) => records.flatMap(({ externalId }) => externalId ?? []));
    // Keys are words of the store that made them.
    answers.push([`shown to ${connectionId}`, { ...shown, next: shown.next !== null }]);
    for (const [source, connection] of [['scim', connectionId] as const, ['google', null] as const]) {
      const found = await users.findBySourceKeys(organizationId, source, connection, keys);
      answers.push([`known to ${source} ${connectionId}`, new Set(found.map(({ id }) => id))]);
    }
    for (const { scim } of shown.users)
      if (scim.id) answers.push([scim.id, await users.findByScimId(organizationId, scim.id)]);
  }
  return answers;
}

async function readResources({ resources, users, tokens }: Stores, organizationId: string): Promise<Answers> {
  const answers: (readonly [string, unknown])[] = [];
  for (const { id: connectionId } of await tokens.connections(organizationId))
    for (const type of ['Group', 'Device/Phone']) {
      const space = { organizationId, connectionId, type };
      const all = await resources.list({ ...space, from: { after: null }, limit: 100 });
      const ids = all.resources.map(({ id }) => id);
      const inGroups = await Promise.all(ids.map((id) => resources.membersAmong(space, id, [...ids, 'scim-1'])));
      const condition = { field: 'member', op: 'sw', value: 'scim-' } as const;
      answers.push(
        [`resources of ${connectionId} ${type}`, all],
        [`members of ${connectionId} ${type}`, await resources.members(space, ids)],
        [`who is in groups of ${connectionId} ${type}`, inGroups],
        [
          `with members ${connectionId} ${type}`,
          await resources.list({ ...space, condition, from: { offset: 0 }, limit: 9 }),
        ],
        [`groups of people ${connectionId} ${type}`, await resources.groupsOf(space, ['scim-1', 'scim-9', ...ids])],
      );
    }
  const asked = ['former-1', 'former-2', 'former-3', 'scim-1'];
  return [...answers, ['known ids', await users.knownScimIds(organizationId, 'connection-1', asked)]];
}

async function readRuns({ runs, users }: Stores, organization: string): Promise<Answers> {
  const listed = await pages((cursor) => runs.list(organization, cursor, 2));
  const perRun = listed.map(
    async ({ id }): Promise<Answers> => [
      [id, await runs.get(organization, id)],
      [`${id} staged`, await runs.staged(id, null, 100)],
      [`${id} members`, await runs.membersAmong(id, ['g1', 'g4', 'g9'])],
      [`${id} strangers`, await runs.countStrangers(id)],
      [`${id} staged count`, await runs.countStaged(id)],
      [`${id} missing`, await users.scanMissing(organization, 'google', id, null, 1_000)],
    ],
  );
  return [
    ['runs', listed],
    ['runs.count', await runs.count(organization)],
    ['latest', await Promise.all(SOURCES.map((source) => runs.latest(organization, source)))],
    ...(await Promise.all(perRun)).flat(),
  ];
}

async function readConflicts({ conflicts }: Stores, organization: string): Promise<Answers> {
  const listed = await pages((cursor) => conflicts.list(organization, null, cursor, 2));
  const counts = STATES.map((state) => conflicts.count(organization, state));
  return [
    ['conflicts', listed],
    ['conflicts.count', await Promise.all(counts)],
    ['by key', await Promise.all(listed.map(({ key }) => conflicts.findByKey(organization, key)))],
    ['waiting', await conflicts.waitingFor(organization, ['ada@example.com'])],
  ];
}

/** All items of a paged read. */
export async function pages<T>(read: (cursor: string | null) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}
