import { expect } from 'chai';
import { type ClaimRow, settleClaims } from '../../src/store/claims.ts';

const row = (userId: string, before: string, after: string): ClaimRow => ({
  userId,
  before: claims(before),
  after: claims(after),
});
const claims = (keys: string) => [...keys].map((key) => ({ code: 'email_taken' as const, key }));

/** Who held what before: the rows themselves, and others. */
function settle(rows: readonly ClaimRow[], others: Record<string, string> = {}) {
  const own = rows.flatMap(({ userId, before }) => before.map(({ key }) => [key, userId] as const));
  const { accepted, refused } = settleClaims(rows, new Map([...own, ...Object.entries(others)]));
  return [
    accepted.map(({ userId }) => userId).join(''),
    refused.map((one) => `${one.row.userId}:${one.userId}`).join(' '),
  ];
}

describe('claims of a bulk write', () => {
  const cases: readonly (readonly [string, readonly ClaimRow[], Record<string, string>, string, string])[] = [
    ['grants what is free', [row('a', '', 'x'), row('b', '', 'y')], {}, 'ab', ''],
    ['refuses what somebody else holds', [row('a', '', 'x'), row('b', '', 'y')], { x: 'z' }, 'b', 'a:z'],
    ['lets two swap', [row('a', 'x', 'y'), row('b', 'y', 'x')], {}, 'ab', ''],
    ['gives one claim to the earlier of two', [row('a', '', 'x'), row('b', '', 'x')], {}, 'a', 'b:a'],
    ['refuses who waits for somebody refused', [row('a', 'x', 'y'), row('b', 'y', 'w')], { w: 'z' }, '', 'b:z a:b'],
    ['keeps what a row holds and does not release', [row('a', 'x', 'xy'), row('b', '', 'x')], {}, 'a', 'b:a'],
    ['accepts one of two that only exclude each other', [row('a', '', 'xy'), row('b', 'y', 'x')], {}, 'b', 'a:b'],
  ];
  for (const [rule, rows, others, accepted, refused] of cases)
    it(rule, () => expect(settle(rows, others)).to.deep.equal([accepted, refused]));
});
