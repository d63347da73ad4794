import { expect } from 'chai';
import { aKeptAnswer } from '../fixtures/kept-answers.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every KeptAnswerStore promises. */
export function keptAnswerStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const answers = () => test.stores.keptAnswers;

  it('keeps an answer under its key, by compare-and-swap', async () => {
    expect(await answers().get(ORGANIZATION, 'key-1')).to.equal(null);
    const first = aKeptAnswer({ answer: null });
    await answers().save(first);
    await refused(answers().save(first), 'stale');
    const next = { ...first, version: 2, answer: { body: { id: 'x' } } };
    await answers().save(next);
    await refused(answers().save({ ...first, version: 2 }), 'stale');
    expect(await answers().get(ORGANIZATION, 'key-1')).to.deep.equal(next);
  });

  it('gives a key to one of those who claim it at once', async () => {
    const claims = Array.from({ length: 8 }, () => answers().save(aKeptAnswer()));
    const outcomes = await Promise.allSettled(claims);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });

  it('forgets what has expired, the oldest first, and nothing else', async () => {
    for (const [key, day] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
      ['d', 5],
    ] as const)
      await answers().save(aKeptAnswer({ key, expiresAt: `2040-01-0${day}T00:00:00.000Z` }));
    expect(await answers().prune('2040-01-04T00:00:00.000Z', 2)).to.equal(2);
    const left = async () => {
      const found = await Promise.all(['a', 'b', 'c', 'd'].map((key) => answers().get(ORGANIZATION, key)));
      return found.flatMap((entry) => entry?.key ?? []);
    };
    expect(await left()).to.deep.equal(['a', 'd']);
    expect(await answers().prune('2040-01-04T00:00:00.000Z', 10)).to.equal(1);
    expect(await answers().prune('2040-01-04T00:00:00.000Z', 10)).to.equal(0);
    expect(await left()).to.deep.equal(['d']);
  });
}
