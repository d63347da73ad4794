import { expect } from 'chai';
import fc from 'fast-check';
import type { ClaimRow } from '../../../src/store/claims.ts';
import { writeOrder } from '../../../src/store/mongo/write-order.ts';

const claim = (key: string) => ({ code: 'email_taken', key }) as const;
const row = (userId: string, before: readonly string[], after: readonly string[]): ClaimRow => ({
  userId,
  before: before.map(claim),
  after: after.map(claim),
});
const told = (rows: readonly ClaimRow[]) =>
  writeOrder(rows).map((step) => `${step.kind} ${step.rows.map(({ userId }) => userId).join(' ')}`);

describe('the order of writes', () => {
  it('is one step for people who claim nothing of each other', () => {
    expect(told([row('ada', ['a'], ['b']), row('bob', [], ['c']), row('eve', ['d'], ['d'])])).to.deep.equal([
      'write ada bob eve',
    ]);
    expect(told([])).to.deep.equal([]);
  });

  it('lets whoever releases something go before whoever claims it', () => {
    const chain = [row('ada', ['a'], ['b']), row('bob', ['b'], ['c']), row('eve', ['c'], ['free'])];
    expect(told(chain)).to.deep.equal(['write eve', 'write bob', 'write ada']);
  });

  it('parks one person of a circle', () => {
    const circle = [row('ada', ['a'], ['b']), row('bob', ['b'], ['c']), row('eve', ['c'], ['a'])];
    expect(told(circle)).to.deep.equal(['park ada', 'write eve', 'write bob', 'write ada']);
  });

  it('parks nobody who only waits for a circle', () => {
    const rows = [row('new', [], ['a']), row('ada', ['a', 'x'], ['b']), row('bob', ['b'], ['x'])];
    expect(told(rows)).to.deep.equal(['park ada', 'write new bob', 'write ada']);
  });

  it('writes everybody once, and nobody onto a claim that is still held', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 15 }), (picks) => {
        // Everybody holds one name; afterwards they hold the picked ones, as far as those are theirs to take.
        const taken = new Set<number>();
        const rows = picks.map((pick, n) => {
          const wanted = pick < picks.length && !taken.has(pick) ? pick : null;
          if (wanted !== null) taken.add(wanted);
          return row(`user-${n}`, [`${n}`], wanted === null ? [] : [`${wanted}`]);
        });
        const held = new Map(rows.map(({ userId }, n) => [`${n}`, userId]));
        const written: string[] = [];
        for (const { kind, rows: some } of writeOrder(rows)) {
          for (const { userId, after } of kind === 'write' ? some : [])
            for (const { key } of after) expect(held.get(key) ?? userId).to.equal(userId);
          for (const { before, after } of some)
            for (const { key } of before) if (!after.some((one) => one.key === key)) held.delete(key);
          if (kind === 'write') written.push(...some.map(({ userId }) => userId));
        }
        expect(written.toSorted()).to.deep.equal(rows.map(({ userId }) => userId).toSorted());
      }),
      { numRuns: 1_000 },
    );
  });
});
