import { expect } from 'chai';
import { groupKey } from '../../src/core/group-mapping.ts';
import { EMPLOYEE_NUMBER } from '../../src/core/person-attributes.ts';
import { newSyncState, type PendingRemoval } from '../../src/core/sync-state.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { anAgency } from '../fixtures/agencies.ts';
import { A_BULK, aBulk, aBulkPage } from '../fixtures/bulks.ts';
import { aCatalogEntry } from '../fixtures/catalog.ts';
import { aConfiguration } from '../fixtures/configurations.ts';
import { anEvent } from '../fixtures/events.ts';
import { aGroupMapping } from '../fixtures/group-mappings.ts';
import { aHistoryEntry } from '../fixtures/history.ts';
import { anInterview } from '../fixtures/interviews.ts';
import { aKeptAnswer } from '../fixtures/kept-answers.ts';
import { aClient, aConnection, anApiKey, anIntegration, anOrganization, aToken } from '../fixtures/organizations.ts';
import { aGroup, membersOf, SPACE, writing } from '../fixtures/resources.ts';
import { aConflict, aRun } from '../fixtures/runs.ts';
import { aDirectoryRecord, anOwnedUser, CONNECTION, ORGANIZATION as HERE } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores } from './open-stores.ts';

const ELSEWHERE = 'organization-2';
const AT = '2026-05-01T00:00:00.000Z';

const user = anOwnedUser(
  { userName: 'ada', emails: [{ value: 'ada@example.com' }] },
  {
    email: 'ada@example.com',
    settingsVersion: 1,
    attributes: { [EMPLOYEE_NUMBER]: 'E-7' },
  },
  { externalId: 'okta-1' },
);
const person = {
  ...user,
  scim: { ...user.scim, formerIds: ['former-1'] },
  records: [...user.records, aDirectoryRecord('google', 'g1')],
};
const [group, removed] = [aGroup(), aGroup()];
const spaceIn = (organizationId: string) => ({ ...SPACE, organizationId });
const BY_MEMBER = { field: 'member', op: 'eq', value: person.scim.id } as const;
const run = aRun({ state: 'running' });
const conflict = aConflict({ userId: person.id, email: 'ada@example.com' });
const token = aToken();
const client = aClient();
const interview = anInterview({ interviewers: [{ id: person.id, kind: 'employee' }] });
const agency = anAgency();
const mapping = aGroupMapping();
const reading = { organizationId: HERE, source: 'google', group: 'sales@example.com', runId: 'run-1' } as const;
const integration = anIntegration({ nextDueAt: AT });
const ended = aRun({ id: 'run-0', source: 'microsoft', state: 'finished' });
const state = { ...newSyncState(HERE, 'google'), version: 1, lastOkAt: AT };
const removal: PendingRemoval = {
  organizationId: HERE,
  source: 'google',
  externalId: 'g1',
  userId: person.id,
  cause: 'gone',
  why: 'gone',
  since: AT,
  dueAt: AT,
};

type Ask = (stores: Stores, organization: string) => Promise<unknown>;

/** Every read that is bound to an organization: somebody who is there, and nothing of them from elsewhere. */
const READS: readonly (readonly [string, Ask, unknown])[] = [
  ['users.get', ({ users }, of) => users.get(of, person.id), null],
  ['users.getMany', ({ users }, of) => users.getMany(of, [person.id]), []],
  ['users.findByScimId', ({ users }, of) => users.findByScimId(of, person.scim.id ?? ''), null],
  ['users.findByEmail', ({ users }, of) => users.findByEmail(of, 'ada@example.com'), null],
  ['users.findByEmails', ({ users }, of) => users.findByEmails(of, ['ada@example.com']), []],
  ['users.findByEmployeeNumbers', ({ users }, of) => users.findByEmployeeNumbers(of, ['E-7']), []],
  ['users.findByUserName', ({ users }, of) => users.findByUserName(of, 'ada'), null],
  ['users.findBySourceKeys', ({ users }, of) => users.findBySourceKeys(of, 'google', null, ['g1']), []],
  ['users.findBySourceKeys of SCIM', ({ users }, of) => users.findBySourceKeys(of, 'scim', CONNECTION, ['okta-1']), []],
  [
    'users.directoryNews',
    ({ users }, of) => users.directoryNews(of, 'google', [{ externalId: 'g1', hash: 'hash' }], false),
    new Set(['g1']),
  ],
  ['users.list', ({ users }, of) => users.list(of, null, null, 10), { items: [], next: null }],
  [
    'users.list by condition',
    ({ users }, of) => users.list(of, { field: 'emails', op: 'eq', value: 'ada@example.com' }, null, 10),
    { items: [], next: null },
  ],
  ['users.count', ({ users }, of) => users.count(of, null), 0],
  ['users.count by status', ({ users }, of) => users.count(of, { field: 'status', op: 'eq', value: 'active' }), 0],
  [
    'users.count by condition',
    ({ users }, of) => users.count(of, { field: 'externalId', op: 'eq', value: 'okta-1' }),
    0,
  ],
  [
    'users.listForScim',
    ({ users }, of) =>
      users.listForScim({ organizationId: of, connectionId: CONNECTION, from: { offset: 0 }, limit: 10 }),
    { users: [], total: 0, next: null },
  ],
  [
    'users.knownScimIds',
    ({ users }, of) => users.knownScimIds(of, CONNECTION, [person.scim.id ?? '', 'former-1']),
    { living: new Set(), former: new Set() },
  ],
  ['resources.get', ({ resources }, of) => resources.get(spaceIn(of), group.id), null],
  ['resources.getMany', ({ resources }, of) => resources.getMany(spaceIn(of), [group.id]), new Map()],
  ['resources.removed', ({ resources }, of) => resources.removed(spaceIn(of), [removed.id]), new Set()],
  [
    'resources.list',
    ({ resources }, of) => resources.list({ ...spaceIn(of), from: { after: null }, limit: 10 }),
    { resources: [], total: 0, next: null },
  ],
  [
    'resources.list by member',
    ({ resources }, of) => resources.list({ ...spaceIn(of), condition: BY_MEMBER, from: { offset: 0 }, limit: 10 }),
    { resources: [], total: 0, next: null },
  ],
  ['resources.members', ({ resources }, of) => resources.members(spaceIn(of), [group.id]), new Map()],
  [
    'resources.membersAmong',
    ({ resources }, of) => resources.membersAmong(spaceIn(of), group.id, [person.scim.id ?? '']),
    new Map(),
  ],
  ['resources.groupsOf', ({ resources }, of) => resources.groupsOf(spaceIn(of), [person.scim.id ?? '']), new Map()],
  ['users.scanMissing', ({ users }, of) => users.scanMissing(of, 'google', run.id, null, 10), []],
  ['users.countActive', ({ users }, of) => users.countActive(of, 'google'), 0],
  ['integrations.get', ({ integrations }, of) => integrations.get(of, 'google'), null],
  ['integrations.list', ({ integrations }, of) => integrations.list(of), []],
  ['runs.get', ({ runs }, of) => runs.get(of, run.id), null],
  ['runs.list', ({ runs }, of) => runs.list(of, null, 10), { items: [], next: null }],
  ['runs.latest', ({ runs }, of) => runs.latest(of, 'google'), null],
  ['syncStates.get', async ({ syncStates }, of) => (await syncStates.get(of, 'google')).version, 0],
  ['removals.among', ({ removals }, of) => removals.among(of, 'google', ['g1']), []],
  ['removals.list', ({ removals }, of) => removals.list(of, 'google', {}, null, 10), []],
  ['removals.count', ({ removals }, of) => removals.count(of, 'google'), 0],
  ['runs.get of one that ended', ({ runs }, of) => runs.get(of, ended.id), null],
  ['conflicts.get', ({ conflicts }, of) => conflicts.get(of, conflict.id), null],
  ['conflicts.findByKey', ({ conflicts }, of) => conflicts.findByKey(of, conflict.key), null],
  ['conflicts.list', ({ conflicts }, of) => conflicts.list(of, null, null, 10), { items: [], next: null }],
  ['conflicts.openOf', ({ conflicts }, of) => conflicts.openOf(of, person.id, 'email_taken'), []],
  ['conflicts.waitingFor', ({ conflicts }, of) => conflicts.waitingFor(of, ['ada@example.com']), []],
  ['events.list', ({ events }, of) => events.list(of, 0, 10), []],
  ['agencies.get', ({ agencies }, of) => agencies.get(of, agency.id), null],
  ['agencies.getMany', ({ agencies }, of) => agencies.getMany(of, [agency.id]), []],
  ['agencies.list', ({ agencies }, of) => agencies.list(of, null, null, 10), { items: [], next: null }],
  ['agencies.list by state', ({ agencies }, of) => agencies.list(of, 'active', null, 10), { items: [], next: null }],
  ['agencies.count', ({ agencies }, of) => agencies.count(of, null), 0],
  ['agencies.count by state', ({ agencies }, of) => agencies.count(of, 'active'), 0],
  ['catalog.get', ({ catalog }, of) => catalog.get(of, 'pool', 'pool-1'), null],
  ['catalog.among', ({ catalog }, of) => catalog.among(of, 'pool', ['pool-1']), []],
  ['catalog.amongNames', ({ catalog }, of) => catalog.amongNames(of, 'pool', [aCatalogEntry().name]), []],
  ['catalog.list', ({ catalog }, of) => catalog.list(of, 'pool', null, 10), { items: [], next: null }],
  ['catalog.count', ({ catalog }, of) => catalog.count(of, 'pool'), 0],
  ['groupMappings.get', ({ groupMappings }, of) => groupMappings.get(of, mapping.id), null],
  ['groupMappings.ofGroups', ({ groupMappings }, of) => groupMappings.ofGroups(of, [groupKey(mapping.group)]), []],
  ['groupMappings.list', ({ groupMappings }, of) => groupMappings.list(of, null, 10), { items: [], next: null }],
  ['groupMappings.count', ({ groupMappings }, of) => groupMappings.count(of), 0],
  ['directoryGroups.groupsOf', ({ directoryGroups }, of) => directoryGroups.groupsOf(of, 'google', ['g1']), new Map()],
  ['directoryGroups.list', ({ directoryGroups }, of) => directoryGroups.list(of, 'google', '', null, 10), []],
  [
    'directoryGroups.members',
    ({ directoryGroups }, of) => directoryGroups.members({ ...reading, organizationId: of }, null, 10),
    null,
  ],
  ['apiKeys.get', async ({ apiKeys }, of) => (await apiKeys.get(of)).keys, []],
  ['clients.get', ({ clients }, of) => clients.get(of, client.id), null],
  ['clients.list', ({ clients }, of) => clients.list(of, CONNECTION), []],
  ['history.list', ({ history }, of) => history.list(of, person.id, null, 10), []],
  [
    'users.countByStatus',
    async ({ users }, of) => Object.values(await users.countByStatus(of, null)).some((count) => count > 0),
    false,
  ],
  ['bulks.get', ({ bulks }, of) => bulks.get(of, A_BULK), null],
  ['bulks.list', ({ bulks }, of) => bulks.list(of, null, 10), { items: [], next: null }],
  ['bulks.page', ({ bulks }, of) => bulks.page(aBulkPage({ organizationId: of })), null],
  ['interviews.get', ({ interviews }, of) => interviews.get(of, interview.id), null],
  [
    'interviews.list',
    ({ interviews }, of) => interviews.list({ organizationId: of }, null, 10),
    { items: [], next: null },
  ],
  [
    'interviews.list of an interviewer',
    ({ interviews }, of) => interviews.list({ organizationId: of, interviewer: person.id }, null, 10),
    { items: [], next: null },
  ],
  [
    'interviews.countEach',
    ({ interviews }, of) => interviews.countEach(of, [person.id], AT),
    new Map([[person.id, 0]]),
  ],
  [
    'interviews.doubted',
    ({ interviews }, of) => interviews.doubted({ organizationId: of }, null, 10),
    { items: [], next: null },
  ],
  ['interviews.countDoubted', ({ interviews }, of) => interviews.countDoubted({ organizationId: of }, 10), 0],
  ['interviews.count', ({ interviews }, of) => interviews.count({ organizationId: of }, 10), 0],
  ['keptAnswers.get', ({ keptAnswers }, of) => keptAnswers.get(of, 'key-1'), null],
  ['tokens.connection', ({ tokens }, of) => tokens.connection(of, CONNECTION), null],
  ['tokens.connections', ({ tokens }, of) => tokens.connections(of), []],
  ['tokens.list', ({ tokens }, of) => tokens.list(of), []],
  ['configurations.get', async ({ configurations }, of) => (await configurations.get(of)).schemas, []],
  ['configurations.recent', async ({ configurations }, of) => (await configurations.recent(of)).schemas, []],
];

/** Every write that names an organization, and what it answers from elsewhere, where it must change nothing. */
const WRITES: readonly (readonly [string, Ask, unknown])[] = [
  ['resources.remove', ({ resources }, of) => resources.remove(spaceIn(of), group.id), false],
  [
    'resources.save',
    ({ resources }, of) =>
      answered(resources.save({ resource: { ...group, organizationId: of, version: 2 }, claims: [] })),
    'stale',
  ],
  [
    'groupMappings.save',
    ({ groupMappings }, of) => answered(groupMappings.save({ ...mapping, organizationId: of, version: 2 })),
    'stale',
  ],
  ['directoryGroups.forget', ({ directoryGroups }, of) => directoryGroups.forget(of, 'google', null), undefined],
  ['groupMappings.remove', ({ groupMappings }, of) => groupMappings.remove(of, mapping.id, mapping.version), true],
  ['integrations.claimDue', ({ integrations }, of) => integrations.claimDue(of, 'google', AT, null), false],
  [
    'integrations.pinTenant',
    ({ integrations }, of) => answered(integrations.pinTenant(of, 'google', 'C1')),
    'not_found',
  ],
  [
    'integrations.save',
    ({ integrations }, of) =>
      answered(integrations.save({ ...integration, organizationId: of, revision: 2, account: 'other' })),
    'stale',
  ],
  [
    'syncStates.save',
    ({ syncStates }, of) => answered(syncStates.save({ ...state, organizationId: of, version: 2 })),
    'stale',
  ],
  ['removals.remove', ({ removals }, of) => removals.remove(of, 'google', ['g1']), undefined],
  ['runs.prune', ({ runs }, of) => runs.prune(of, 'microsoft', { before: '9', newest: 1, runId: null }, 10), 0],
  ['runs.acquire', ({ runs }, of) => runs.acquire(of, run.id, 'worker-1', 1_000), null],
  [
    'runs.checkpoint',
    ({ runs }, of) => answered(runs.checkpoint({ run: { ...run, organizationId: of, cursor: 'late' } })),
    'superseded',
  ],
  ['conflicts.move', ({ conflicts }, of) => conflicts.move(of, conflict.id, 'open', 'resolved', AT), false],
  ['conflicts.resolveOf', ({ conflicts }, of) => conflicts.resolveOf(of, person.id, ['email_taken'], AT), undefined],
  ['bulks.save', ({ bulks }, of) => answered(bulks.save(aBulk({ organizationId: of, version: 2 }))), 'stale'],
  ['bulks.erase', ({ bulks }, of) => bulks.erase(of, A_BULK), undefined],
  ['interviews.doubt', ({ interviews }, of) => interviews.doubt(of, person.id, AT), undefined],
  [
    'interviews.save',
    ({ interviews }, of) => answered(interviews.save({ ...interview, organizationId: of, version: 2 }, 1)),
    'stale',
  ],
  [
    'agencies.save',
    ({ agencies }, of) => answered(agencies.save({ ...agency, organizationId: of, version: 2 })),
    'stale',
  ],
  ['agencies.remove', ({ agencies }, of) => agencies.remove(of, agency.id, agency.version), true],
  ['apiKeys.save', ({ apiKeys }, of) => answered(apiKeys.save({ organizationId: of, version: 2, keys: [] })), 'stale'],
  ['tokens.revoke', ({ tokens }, of) => tokens.revoke(of, token.id, AT), false],
];

const answered = (work: Promise<unknown>) => work.catch((error: { readonly code?: string }) => error.code);

/** What the stores hold of an organization, all of it that can be read. */
async function everything(stores: Stores, organization: string): Promise<readonly unknown[]> {
  return Promise.all(READS.map(([, ask]) => ask(stores, organization)));
}

/** What every store promises about organizations: nothing of one is seen or changed from another. */
export function isolationContract(open: OpenStores): void {
  const test = eachWithStores(open);

  beforeEach(async () => {
    const { stores } = test;
    await stores.organizations.insert(anOrganization());
    await stores.organizations.insert(anOrganization({ id: ELSEWHERE }));
    await stores.users.save({ user: person, events: [anEvent(person, 1)], history: aHistoryEntry(person) });
    await stores.resources.save(writing(group, { add: membersOf([person.scim.id ?? '']) }, ['displayName:staff']));
    await stores.resources.save({ resource: removed, claims: [] });
    await stores.resources.remove(SPACE, removed.id);
    await stores.events.relay(10);
    await stores.integrations.put(integration);
    await stores.runs.insert(run);
    await stores.runs.insert(ended);
    await stores.runs.insert({ ...ended, id: 'run-1' });
    await stores.syncStates.save(state);
    await stores.removals.add([removal]);
    await stores.conflicts.open(conflict);
    await stores.tokens.insertConnection(aConnection());
    await stores.configurations.save(aConfiguration());
    await stores.tokens.insert(token);
    await stores.clients.insert(client);
    await stores.interviews.save(interview, 0);
    await stores.agencies.save(agency);
    await stores.groupMappings.save(mapping);
    await stores.directoryGroups.addMembers(reading, ['g1']);
    await stores.directoryGroups.complete(reading);
    await stores.catalog.save(aCatalogEntry({ kind: 'pool', id: 'pool-1' }));
    await stores.bulks.save(aBulk());
    await stores.bulks.addPage(aBulkPage());
    await stores.apiKeys.save({ organizationId: HERE, version: 1, keys: [anApiKey()] });
    await stores.keptAnswers.save(aKeptAnswer());
  });

  for (const [method, ask, nothing] of READS)
    it(`${method} sees only its own organization`, async () => {
      expect(await ask(test.stores, HERE)).not.to.deep.equal(nothing);
      expect(await ask(test.stores, ELSEWHERE)).to.deep.equal(nothing);
    });

  for (const [method, change, answer] of WRITES)
    it(`${method} changes only its own organization`, async () => {
      const before = await everything(test.stores, HERE);
      expect(await change(test.stores, ELSEWHERE)).to.deep.equal(answer);
      expect(await everything(test.stores, HERE)).to.deep.equal(before);
      await change(test.stores, HERE);
      expect(await everything(test.stores, HERE)).not.to.deep.equal(before);
    });

  it('people may have the same address, userName, keys and ids in two organizations', async () => {
    const twin = { ...person, organizationId: ELSEWHERE };
    await test.stores.users.save({ user: twin, events: [anEvent(twin, 1)] });
    expect(await test.stores.users.get(ELSEWHERE, person.id)).to.deep.equal(twin);
    expect(await test.stores.users.get(HERE, person.id)).to.deep.equal(person);
    expect(await test.stores.users.saveMany([{ user: { ...twin, version: 2 }, events: [] }])).to.deep.equal([
      { saved: true },
    ]);
    expect(await test.stores.users.get(HERE, person.id)).to.deep.equal(person);
  });

  it('a run’s presence marks hide nobody of another organization', async () => {
    const { users, runs } = test.stores;
    const twin = { ...person, organizationId: ELSEWHERE };
    await users.save({ user: twin, events: [] });
    await runs.checkpoint({ run, presence: { page: 0, externalIds: ['g1'] } });
    expect(await users.scanMissing(HERE, 'google', run.id, null, 10)).to.deep.equal([]);
    expect(await users.scanMissing(ELSEWHERE, 'google', run.id, null, 10)).to.have.length(1);
  });
}
