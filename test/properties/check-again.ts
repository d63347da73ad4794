import { sameJson } from '../../src/core/json.ts';
import { recordOf, type User } from '../../src/core/user.ts';
import { redeliver } from './directory-stream.ts';
import type { Random } from './random.ts';
import { FLAGS, PEOPLE } from './schedule.ts';
import { restate } from './scim-stream.ts';
import { sweepAll, toggle } from './toggle-stream.ts';
import type { Turns } from './turns.ts';
import { isPresent, ORGANIZATION, type World } from './world.ts';

/** Saying everything once more writes nothing, and a switch turned twice leaves everybody as they were. */
export async function checkAgain(world: World, turns: Turns, random: Random): Promise<readonly string[]> {
  const before = world.history.length;
  await turns.dealUntil(sayAgain(world));
  const rewritten = world.history.slice(before).map(({ user }) => `${user.id} was written for nothing new`);
  const first = await readAll(world);
  const flag = random.pick(FLAGS);
  await turns.dealUntil(turnTwice(world, flag));
  const second = await readAll(world);
  return [
    ...rewritten,
    ...first.flatMap((user, index) => checkReturn(user, second[index]).map((fault) => `${flag} ${fault}`)),
  ];
}

async function sayAgain(world: World): Promise<void> {
  const { settings } = (await world.stores.organizations.get(ORGANIZATION)) ?? {};
  for (const source of ['google', 'microsoft'] as const) {
    const listed = [...world.pages].filter(([key]) => key.startsWith(source) && isSettled(world, key));
    if (settings?.[source].syncUsers)
      await redeliver(
        world,
        source,
        listed.map(([, page]) => page),
      );
  }
  if (settings?.scim.enabled) for (const name of PEOPLE) await restate(world, name);
}

/** Whoever was confirmed gone, or whose key was given to somebody else, would come back by an old page: that is news. */
function isSettled({ words, replaced }: World, key: string): boolean {
  const word = words.get(key);
  return word !== undefined && isPresent(word) && !replaced.has(key);
}

async function turnTwice(world: World, flag: (typeof FLAGS)[number]): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await toggle(world, flag);
    await sweepAll(world);
  }
}

async function readAll({ stores }: World): Promise<readonly User[]> {
  return (await stores.users.list(ORGANIZATION, null, null, 100)).items;
}

/** Grants earned, marks cleared and words made younger by the first turn are inputs of the second. */
function checkReturn(before: User, after: User | undefined): readonly string[] {
  if (!after) return [`lost ${before.id}`];
  if (!before.records.every((record) => hasSameInputs(record, after))) return [];
  if (before.status === after.status && sameJson(before.attributes, after.attributes)) return [];
  return [`turned twice made ${before.id} ${after.status} ${JSON.stringify(after.attributes)}`];
}

function hasSameInputs({ source, connectionId, terminated, stamps, directory }: User['records'][number], after: User) {
  const record = recordOf(after, source, connectionId);
  const sameGrant = record?.directory?.granted === directory?.granted;
  return sameGrant && record?.terminated === terminated && sameJson(record.stamps, stamps);
}
