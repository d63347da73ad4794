import { expect } from 'chai';
import { RESOURCE_COLLECTIONS } from '../../../src/store/mongo/resource-schema.ts';
import { FIRST_COLLECTIONS } from '../../../src/store/mongo/schema.ts';
import { faultsOf } from './update-faults.ts';

describe('rules for updates', () => {
  it('find what MongoDB refuses', () => {
    expect(faultsOf({}, { $set: { a: 1 }, $unset: { 'a.b': '' } })).to.deep.equal(['a, a.b']);
    expect(faultsOf({}, { $set: { a: 1 }, $min: { a: 1 } })).to.have.length(2);
    expect(faultsOf({ _id: 'a' }, { _id: 'b' })).to.have.length(1);
    expect(faultsOf({}, { $set: { a: 1 }, b: 1 })).to.have.length(1);
    expect(faultsOf({}, { $set: { 'a.b': 1 }, $push: { 'a.c': 1, ab: 1 } })).to.deep.equal([]);
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
