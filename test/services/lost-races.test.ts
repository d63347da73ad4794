import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { isAppError } from '../../src/core/errors.ts';
import { createTurns, type LostRace, untilWon } from '../../src/services/lost-races.ts';

describe('lost races', () => {
  const lost: LostRace = { lostOver: 'ada' };
  const failed = (work: Promise<unknown>) => work.catch((error: unknown) => error);

  it('are tried again until one is won', async () => {
    const won = await untilWon(createTurns(), async (tries) => (tries < 7 ? lost : { tries }));
    expect(won).to.deep.equal({ tries: 7 });
  });

  it('are given up after 200', async () => {
    let attempts = 0;
    const given = failed(
      untilWon(createTurns(), async () => {
        attempts++;
        return lost;
      }),
    );
    expect(isAppError(await given, 'stale')).to.equal(true);
    expect(attempts).to.equal(200);
  });

  it('over one person are run again one after another, over different people side by side', async () => {
    const inTurn = createTurns();
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const race = (over: string) =>
      untilWon(inTurn, async (tries) => {
        if (tries === 0) return { lostOver: over };
        running.set(over, (running.get(over) ?? 0) + 1);
        most.set(over, Math.max(most.get(over) ?? 0, running.get(over) ?? 0));
        most.set(
          'all',
          Math.max(
            most.get('all') ?? 0,
            [...running.values()].reduce((sum, one) => sum + one, 0),
          ),
        );
        await sleep(2);
        running.set(over, (running.get(over) ?? 0) - 1);
        return { over };
      });
    await Promise.all(Array.from({ length: 20 }, (_, n) => race(n % 2 ? 'ada' : 'bea')));
    expect(Object.fromEntries(most)).to.deep.equal({ ada: 1, bea: 1, all: 2 });
  });

  it('let the next one go on when one fails', async () => {
    const inTurn = createTurns();
    const outcomes = await Promise.all(
      [1, 2, 3].map((n) =>
        failed(
          inTurn('ada', async () => {
            await sleep(1);
            if (n === 2) throw new Error('no');
            return n;
          }),
        ),
      ),
    );
    expect(outcomes.map(String)).to.deep.equal(['1', 'Error: no', '3']);
  });
});
