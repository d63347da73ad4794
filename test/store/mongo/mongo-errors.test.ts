import { expect } from 'chai';
import mongoose from 'mongoose';
import { AppError, isAppError } from '../../../src/core/errors.ts';
import {
  duplicateIndex,
  duplicates,
  guardMethods,
  isOnlyDuplicates,
  isOutage,
  isUnknownResult,
  translated,
} from '../../../src/store/mongo/mongo-errors.ts';

const { MongoBulkWriteError, MongoNetworkError, MongoServerError, MongoServerSelectionError, MongoWriteConcernError } =
  mongoose.mongo;

const saysName = (index: string) =>
  `E11000 duplicate key error collection: rollcall.users index: ${index} dup key: { organization: "o", emailKey: "a" }`;
const saysNameOtherwise = (index: string) => `Duplicate key violation on the requested collection: Index '${index}'`;

function serverError(code: number, message: string, more: object = {}) {
  return new MongoServerError({ code, message, ...more });
}

function bulkError(errors: readonly { index: number; code: number; errmsg: string }[], concern?: object) {
  const result = { getWriteConcernError: () => concern } as never;
  return new MongoBulkWriteError({ message: 'bulk', code: 11000, writeErrors: errors as never }, result);
}

describe('errors of the MongoDB driver', () => {
  it('name the index that refused a write, in each server’s words', () => {
    for (const say of [saysName, saysNameOtherwise]) {
      expect(duplicateIndex(serverError(11000, say('users_email')))).to.equal('users_email');
      const bulk = bulkError([
        { index: 2, code: 11000, errmsg: say('users_email') },
        { index: 5, code: 11000, errmsg: say('_id_') },
      ]);
      expect(duplicates(bulk)).to.deep.equal([
        { at: 2, index: 'users_email' },
        { at: 5, index: '_id_' },
      ]);
      expect(isOnlyDuplicates(bulk)).to.equal(true);
    }
    const silent = serverError(11000, 'duplicate', { keyPattern: { _id: 1 } });
    expect(duplicateIndex(silent)).to.equal('_id');
    expect(duplicateIndex(serverError(2, saysName('users_email')))).to.equal(null);
    expect(duplicateIndex(new Error(saysName('users_email')))).to.equal(null);
  });

  it('tell an outage, which may have applied the write, from a bug', () => {
    const concern = new MongoWriteConcernError({
      writeConcernError: { code: 64, errmsg: 'waiting timed out' },
    } as never);
    const outages = [
      new MongoNetworkError('connection closed'),
      Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' }),
      concern,
      serverError(1, 'unexpected EOF'),
      serverError(16908292, 'deadlock detected'),
      serverError(10107, 'not primary'),
      serverError(11600, 'interrupted at shutdown'),
      serverError(91, 'shutting down'),
      serverError(11601, 'operation was interrupted'),
      serverError(14031, 'out of disk space'),
      new (class PoolClearedOnNetworkError extends MongoNetworkError {
        override get name() {
          return 'PoolClearedOnNetworkError';
        }
      })('the monitor gave the server up'),
      bulkError([{ index: 0, code: 1, errmsg: 'unexpected EOF' }]),
      bulkError([{ index: 0, code: 11000, errmsg: saysName('a') }], { code: 64 }),
    ];
    for (const error of outages)
      expect([error.message, isOutage(error), isUnknownResult(error)]).to.deep.equal([error.message, true, true]);
    const bugs = [
      serverError(9, 'failed to parse'),
      serverError(13, 'not authorized'),
      serverError(40324, 'unrecognized stage'),
      serverError(11000, saysName('users_email')),
      new Error('ours'),
      new TypeError('ours'),
    ];
    for (const error of bugs)
      expect([error.message, isOutage(error), translated(error)]).to.deep.equal([error.message, false, error]);
  });

  it('know that a command was never sent when no server was found', () => {
    const error = new MongoServerSelectionError('nobody there', {} as never);
    expect(isOutage(error)).to.equal(true);
    expect(isUnknownResult(error)).to.equal(false);
  });

  it('know that a replica set may have got a command before its primary was gone', () => {
    const error = new MongoServerSelectionError('no primary', { type: 'ReplicaSetNoPrimary' } as never);
    expect(isUnknownResult(error)).to.equal(true);
  });

  it('become `unavailable` at the door, with the cause, and refusals stay', async () => {
    const cause = new MongoNetworkError('connection closed');
    const stale = new AppError('stale', 'changed meanwhile');
    const store = guardMethods({
      away: async () => Promise.reject(cause),
      refuse: async () => Promise.reject(stale),
      add: async (left: number, right: number) => left + right,
    });
    const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);
    const outage = await caught(store.away());
    expect(isAppError(outage, 'unavailable') && outage.cause).to.equal(cause);
    expect(await caught(store.refuse())).to.equal(stale);
    expect(await store.add(1, 2)).to.equal(3);
  });
});
