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
      return gate.pass(alone, async () => {
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
      const error = await gate.pass(alone, broken).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      expect(await gate.pass(true, async () => 'next')).to.equal('next');
      expect(await gate.pass(false, async () => 'next')).to.equal('next');
    }
  });
});
