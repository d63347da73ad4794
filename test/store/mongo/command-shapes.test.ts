import { expect } from 'chai';
import { RESOURCE_COLLECTIONS } from '../../../src/store/mongo/resource-schema.ts';
import { FIRST_COLLECTIONS } from '../../../src/store/mongo/schema.ts';
import { conflictStoreContract } from '../../contracts/conflict-store.contract.ts';
import { eventStoreContract } from '../../contracts/event-store.contract.ts';
import { membershipContract } from '../../contracts/membership.contract.ts';
import { resourceStoreContract } from '../../contracts/resource-store.contract.ts';
import { runStoreContract } from '../../contracts/run-store.contract.ts';
import { tokenStoreContract } from '../../contracts/token-store.contract.ts';
import { userBulkContract } from '../../contracts/user-bulk.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

interface Fields {
  readonly [name: string]: unknown;
}

/** What MongoDB refuses in an update, or would do otherwise than meant, whatever the server at hand lets pass. */
function faultsOf(query: Fields, update: unknown): readonly string[] {
  if (Array.isArray(update)) return update.flatMap(stageFaults);
  const document = update as Fields;
  const names = Object.keys(document);
  if (names.every((name) => !name.startsWith('$')))
    return '_id' in document && document._id !== query._id ? ['a replacement with another _id'] : [];
  if (names.some((name) => !name.startsWith('$'))) return ['operators beside fields'];
  const paths = names.flatMap((name) => Object.keys(document[name] as Fields));
  return [...paths.filter((path) => path === '_id' || /^\$|\.\$?$/.test(path)), ...conflictsOf(paths)];
}

function stageFaults(stage: Fields): readonly string[] {
  const names = Object.keys(stage);
  return names.length === 1 && ['$set', '$unset', '$replaceWith'].includes(names[0] ?? '') ? [] : ['unknown stage'];
}

/** Code 40: of two paths of one update neither may be, or lead to, the other. */
function conflictsOf(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path, at) =>
    paths
      .filter((other, place) => place !== at && `${other}.`.startsWith(`${path}.`))
      .map((other) => `${path}, ${other}`),
  );
}

function updatesIn(command: Fields): readonly (readonly [Fields, unknown])[] {
  if ('findAndModify' in command) return [[command.query as Fields, command.update]];
  if (!('update' in command)) return [];
  return (command.updates as readonly { readonly q: Fields; readonly u: unknown }[]).map(({ q, u }) => [q, u]);
}

describe('rules for updates', () => {
  it('find what MongoDB refuses', () => {
    expect(faultsOf({}, { $set: { a: 1 }, $unset: { 'a.b': '' } })).to.deep.equal(['a, a.b']);
    expect(faultsOf({}, { $set: { a: 1 }, $min: { a: 1 } })).to.have.length(2);
    expect(faultsOf({ _id: 'a' }, { _id: 'b' })).to.have.length(1);
    expect(faultsOf({}, { $set: { a: 1 }, b: 1 })).to.have.length(1);
    expect(faultsOf({}, { $set: { 'a.b': 1 }, $push: { 'a.c': 1, ab: 1 } })).to.deep.equal([]);
  });
});

describeOnMongo('updates as they are sent', (mongo) => {
  const updates: (readonly [Fields, unknown])[] = [];
  const watched = Object.create(mongo, { freshUrl: { value: () => `${mongo.freshUrl()}?monitorCommands=true` } });
  const suite = oneDatabase(watched);
  before(() => {
    const client = suite.database.connection.getClient();
    client.on('commandStarted', ({ command }) => updates.push(...updatesIn(command)));
  });
  const open = storesIn(suite);
  describe('of runs', () => runStoreContract(open));
  describe('of conflicts', () => conflictStoreContract(open));
  describe('of events', () => eventStoreContract(open));
  describe('of tokens', () => tokenStoreContract(open));
  describe('of people', () => userBulkContract(open));
  describe('of resources', () => resourceStoreContract(open));
  describe('of members', () => membershipContract(open));
  after(() => {
    expect(updates.length).to.be.greaterThan(100);
    for (const [query, update] of updates) expect(faultsOf(query, update), JSON.stringify(update)).to.deep.equal([]);
  });
});

/** What every MongoDB since 6.0 allows in the condition of a partial index. */
const PARTIAL = ['$exists', '$type', '$eq', '$gt', '$gte', '$lt', '$lte'];

describe('index declarations', () => {
  for (const { name, indexes } of [...FIRST_COLLECTIONS, ...RESOURCE_COLLECTIONS])
    it(`of ${name} are such as MongoDB builds`, () => {
      expect(indexes.length).to.be.lessThan(64);
      expect(new Set(indexes.map((index) => index.name)).size).to.equal(indexes.length);
      expect(new Set(indexes.map(({ key }) => JSON.stringify(key))).size).to.equal(indexes.length);
      for (const { key, partialFilterExpression = {}, expireAfterSeconds } of indexes) {
        if (expireAfterSeconds !== undefined) expect(Object.keys(key)).to.have.length(1);
        for (const test of Object.values(partialFilterExpression))
          if (typeof test === 'object' && test !== null)
            for (const [operator, value] of Object.entries(test)) {
              expect(PARTIAL).to.include(operator);
              if (operator === '$exists') expect(value).to.equal(true);
            }
      }
    });
});
