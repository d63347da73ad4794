import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createStepGate } from '../../src/services/step-gate.ts';

describe('the gate that steps of runs pass', () => {
  /** Starts works as told, a moment apart, and notes which were under way when each began. */
  async function begun(works: readonly { readonly name: string; readonly alone: boolean }[]) {
    const gate = createStepGate();
    const under = new Set<string>();
    const seen: Record<string, readonly string[]> = {};
    const all = works.map(async ({ name, alone }, index) => {
      await sleep(index * 5);
      return gate.pass({ alone }, async () => {
        seen[name] = [...under];
        under.add(name);
        await sleep(40);
        under.delete(name);
      });
    });
    await Promise.all(all);
    return seen;
  }

  it('lets several go on beside each other', async () => {
    const seen = await begun(['a', 'b', 'c'].map((name) => ({ name, alone: false })));
    expect(seen).to.deep.equal({ a: [], b: ['a'], c: ['a', 'b'] });
  });

  it('lets a suspected one wait for those under way, and nobody begin beside it', async () => {
    const seen = await begun([
      { name: 'a', alone: false },
      { name: 'suspect', alone: true },
      { name: 'b', alone: false },
      { name: 'other suspect', alone: true },
    ]);
    for (const name of ['a', 'suspect', 'b', 'other suspect']) expect(seen[name], name).to.deep.equal([]);
  });

  it('goes on after a work that failed, alone or not', async () => {
    const gate = createStepGate();
    const broken = async () => {
      throw new Error('broken');
    };
    for (const alone of [true, false]) {
      const error = await gate.pass({ alone }, broken).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      expect(await gate.pass({ alone: true }, async () => 'next')).to.equal('next');
      expect(await gate.pass({ alone: false }, async () => 'next')).to.equal('next');
    }
  });

  it('lets others go on while one waits for an answer, and takes it in again before it goes on', async () => {
    const gate = createStepGate({ patienceMs: 20 });
    const steps: string[] = [];
    const note = (step: string) => void steps.push(step);
    const answer = Promise.withResolvers<void>();
    const suspect = gate.pass({ alone: true, onAside: () => note('aside') }, async ({ during }) => {
      await during(() => answer.promise);
      note('suspect goes on');
    });
    const last = Promise.withResolvers<void>();
    const other = gate.pass({ alone: false }, async () => {
      note('other begins');
      answer.resolve();
      await last.promise;
      note('other ends');
    });
    setTimeout(last.resolve, 60);
    await Promise.all([suspect, other]);
    expect(steps).to.deep.equal(['aside', 'other begins', 'other ends', 'suspect goes on']);
    expect(await gate.pass({ alone: true }, async () => 'free')).to.equal('free');
  });

  it('gives the place up once, however many answers are waited for, and also when one of them fails', async () => {
    const gate = createStepGate({ patienceMs: 10 });
    let asides = 0;
    const terms = { alone: true, onAside: () => void asides++ };
    const late = gate.pass(terms, ({ during }) =>
      Promise.all([during(() => sleep(50)), during(() => sleep(40).then(() => Promise.reject(new Error('broken'))))]),
    );
    expect(await late.catch((error: Error) => error.message)).to.equal('broken');
    await sleep(30);
    expect(asides).to.equal(1);
    const order: number[] = [];
    const both = [1, 2].map((name) =>
      gate.pass({ alone: true }, async () => {
        order.push(name);
        await sleep(10);
        order.push(name);
      }),
    );
    await Promise.all(both);
    expect(order).to.deep.equal([1, 1, 2, 2]);
  });
});
