import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Random } from '../properties/random.ts';
import { freePort } from '../servers/free-port.ts';
import type { Body } from '../support/api-client.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { inLanes, type Scene, scimPerson, type Tenant, timeUntil } from './scene.ts';

/** A process that dies and comes back at the same address. */
export interface Mortal {
  /** What runs there now, or ran last. */
  now(): RollcallProcess;
  /** kill -9, and the next one at once; resolves when that listens. */
  kill(): Promise<void>;
}

export async function startMortal(scene: Scene, env: { readonly [name: string]: string } = {}): Promise<Mortal> {
  const port = String(await freePort());
  const start = () => scene.start({ ...env, PORT: port, ROLLCALL_WORKER_PORT: port });
  let current = await start();
  return {
    now: () => current,
    async kill() {
      await current.end('SIGKILL');
      current = await start();
    },
  };
}

/** Kills each of them at random moments of its own until it is over; returns how many kills there were. */
export async function killAround(
  mortals: readonly Mortal[],
  isOver: () => boolean,
  random: Random,
  longestLifeMs: number,
): Promise<number> {
  let kills = 0;
  const haunt = async (mortal: Mortal) => {
    while (!isOver()) {
      await sleep(SHORTEST_LIFE_MS + random.below(longestLifeMs));
      if (isOver()) return;
      await mortal.kill();
      kills++;
    }
  };
  await Promise.all(mortals.map(haunt));
  return kills;
}

const SHORTEST_LIFE_MS = 300;

/** What somebody sent to change a person, and whether they heard that it was done. */
export interface Sent {
  readonly scimId: string;
  readonly title: string;
  readonly acknowledged: boolean;
}

export interface Traffic {
  /** Whom to change. */
  readonly scimIds: readonly string[];
  readonly lanes: number;
  readonly changes: number;
  readonly mostMs: number;
  readonly random: Random;
  readonly longestLifeMs: number;
}

/** Changes the titles of people from many lanes, over all processes in turn, whatever dies meanwhile. */
export async function sendChanges(tenant: Tenant, apis: readonly Mortal[], traffic: Traffic): Promise<readonly Sent[]> {
  const { scimIds, lanes, changes, mostMs, random } = traffic;
  const begin = performance.now();
  const sent: Sent[] = [];
  await inLanes(
    Array.from({ length: changes }, (_, n) => n),
    lanes,
    async (n) => {
      const scimId = random.pick(scimIds);
      const title = `title ${n}`;
      const change = [{ op: 'replace', path: 'title', value: title }];
      for (let turn = n; performance.now() - begin < mostMs; turn++) {
        const scim = tenant.scim((apis[turn % apis.length] as Mortal).now());
        const status = await scim.patch(`/Users/${scimId}`, change).then((answer) => answer.status, codeOf);
        if (status === 'ECONNREFUSED') {
          // Nobody listens there just now, so that nothing was sent.
          await sleep(20);
          continue;
        }
        if (typeof status === 'number') expect(status).to.be.oneOf([200, 503]);
        sent.push({ scimId, title, acknowledged: status === 200 });
        return;
      }
    },
  );
  return sent;
}

const codeOf = ({ code, message }: NodeJS.ErrnoException): string => code ?? message;

/** Adds this many people; returns their SCIM ids. */
export async function addPeople(tenant: Tenant, rollcall: RollcallProcess, people: number): Promise<readonly string[]> {
  const scimIds: string[] = [];
  const names = Array.from({ length: people }, (_, n) => `p${n}@example.com`);
  await inLanes(names, 8, async (name) => {
    const { status, body } = await tenant.scim(rollcall).post('/Users', scimPerson(name));
    expect(status).to.equal(201);
    scimIds.push(body.id);
  });
  return scimIds;
}

/** Reads a feed by sequence, all the time and over whichever process answers, until `stop` has read it to its end. */
export function followFeed({ api, path }: Tenant, apis: readonly Mortal[]) {
  const seen: Body[] = [];
  let stopped = false;
  const read = async (turn: number): Promise<number> => {
    const client = api((apis[turn % apis.length] as Mortal).now());
    const { status, body } = await client.get(`${path}/events?limit=500&after=${seen.at(-1)?.sequence ?? 0}`);
    if (status !== 200) throw new Error(`the feed was answered ${status}`);
    seen.push(...body.items);
    return body.items.length;
  };
  const following = (async () => {
    for (let turn = 0; !stopped; turn++) {
      await read(turn).catch(() => 0);
      await sleep(50);
    }
  })();
  const stop = async () => {
    stopped = true;
    await following;
  };
  return {
    stop,
    async readToEnd(isComplete: () => Promise<boolean>): Promise<readonly Body[]> {
      await timeUntil('nothing awaits the relay', isComplete, 40_000);
      await stop();
      for (let turn = 0; (await read(turn)) > 0; turn++);
      return seen;
    },
  };
}

/** Each effective change has one event, in order per person, and nobody who follows the feed misses one. */
export async function checkEvents(
  tenant: Tenant,
  rollcall: RollcallProcess,
  events: readonly Body[],
  sent: readonly Sent[],
) {
  const told = new Map<string, number>();
  for (const { changes } of events)
    if (changes.title) told.set(changes.title[1], (told.get(changes.title[1]) ?? 0) + 1);
  for (const { title, acknowledged } of sent)
    expect(told.get(title) ?? 0, `${title}, acknowledged: ${acknowledged}`).to.be.within(acknowledged ? 1 : 0, 1);
  expect(events.map(({ sequence }) => sequence)).to.deep.equal(events.map((_, n) => n + 1));
  for (const [userId, own] of Map.groupBy(events, (event) => event.userId)) {
    expect(own.map(({ id }) => id)).to.deep.equal(own.map((_, n) => `${userId}:${n + 1}`));
    for (const [n, { changes }] of own.entries())
      if (n > 1) expect(changes.title[0]).to.equal(own[n - 1]?.changes.title[1]);
    const { body } = await tenant.api(rollcall).get(`${tenant.path}/users/${userId}`);
    expect({ version: body.version, title: body.attributes.title }).to.deep.equal({
      version: own.length,
      title: own.at(-1)?.changes.title?.[1],
    });
  }
}
