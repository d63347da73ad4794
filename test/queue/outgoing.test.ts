import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createOutgoing, type WorkRequest } from '../../src/queue/outgoing.ts';

describe('requests for work on their way to Redis', () => {
  it('are sent in the order of asking', async () => {
    const { outgoing, sent } = working();
    for (let n = 0; n < 100; n++) outgoing.put(request(`${n}`));
    await outgoing.settled(1_000);
    expect(sent).to.deep.equal(Array.from({ length: 100 }, (_, n) => `${n}`));
    expect(outgoing.size()).to.equal(0);
  });

  it('are held while Redis is away, the last of a key only, and sent when it is back', async () => {
    const { outgoing, sent, state } = working();
    state.away = true;
    for (const id of ['1', '2', '3']) outgoing.put(request(id, 'key'));
    outgoing.put(request('4'));
    await outgoing.settled(20);
    expect(outgoing.size()).to.equal(2);
    state.away = false;
    await outgoing.settled(2_000);
    expect(sent).to.have.members(['3', '4']);
  });

  it('are dropped when too many are held', async () => {
    const { outgoing, sent, state, lines } = working({ limit: 3 });
    state.away = true;
    outgoing.put(request('0'));
    await sleep(10);
    for (const id of ['1', '2', '3', '4']) outgoing.put(request(id));
    expect(outgoing.size()).to.equal(3);
    state.away = false;
    await outgoing.settled(2_000);
    expect(sent).to.deep.equal(['0', '1', '2']);
    expect(lines.filter((line) => line.startsWith('a job was not handed'))).to.have.length(2);
  });

  it('are dropped when they were held too long', async () => {
    const { outgoing, sent, state } = working({ holdMs: 100 });
    state.away = true;
    outgoing.put(request('1'));
    await sleep(600);
    expect(outgoing.size()).to.equal(0);
    state.away = false;
    outgoing.put(request('2'));
    await outgoing.settled(2_000);
    expect(sent).to.deep.equal(['2']);
  });

  it('are forgotten at the end', async () => {
    const { outgoing, sent, state } = working();
    state.away = true;
    outgoing.put(request('1'));
    await sleep(20);
    outgoing.close();
    state.away = false;
    outgoing.put(request('2'));
    await sleep(150);
    expect(sent).to.deep.equal([]);
    expect(outgoing.size()).to.equal(0);
  });
});

function working(limits: { readonly limit?: number; readonly holdMs?: number } = {}) {
  const sent: string[] = [];
  const lines: string[] = [];
  const state = { away: false };
  const outgoing = createOutgoing({
    async send({ id }) {
      await sleep(1);
      if (state.away) throw new Error('away');
      sent.push(id);
    },
    quiet: (_level, _facts, message) => void lines.push(message),
    limit: 1_000,
    holdMs: 60_000,
    ...limits,
  });
  return { outgoing, sent, lines, state };
}

function request(id: string, key: string | null = null): WorkRequest {
  return { id, name: 'work', payload: '{}', key, dueAt: 0, askedAt: performance.now() };
}
