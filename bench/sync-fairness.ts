import { join } from 'node:path';
import { startChild } from './child.ts';
import { type DirectoryCommands, environmentOf } from './directories.ts';
import type { RollcallCommands } from './server.ts';
import type { Synced } from './sync-commands.ts';
import { atMost, table, verdict, whole } from './table.ts';

export interface FairnessOptions {
  readonly folder: string;
  readonly organizations: number;
  /** People of each organization but the smallest. */
  readonly people: number;
  /** People of the smallest. */
  readonly fewest: number;
}

const LOOK_MS = 50;
const HEAD = ['First syncs at once', 'people', 'took', 'place', 'aim'];

/** Many organizations sync at once, the smallest asking last: nobody is to wait until the others have finished. */
export async function measureFairness(options: FairnessOptions, note: (text: string) => void): Promise<string> {
  const { organizations, people, fewest, folder } = options;
  note(`syncing ${organizations} organizations of ${whole(people)} at once`);
  const google = startChild<DirectoryCommands>('directory');
  const microsoft = startChild<DirectoryCommands>('directory');
  const rollcall = startChild<RollcallCommands>('rollcall');
  const large = await google.ask('start', { source: 'google', people });
  const small = await microsoft.ask('start', { source: 'microsoft', people: fewest });
  const env = { ...environmentOf(large), ...environmentOf(small) };
  await rollcall.ask('start', { folder: join(folder, 'rollcall-fairness'), env });
  const all: Synced[] = [];
  for (let n = 1; n < organizations; n++) all.push(await rollcall.ask('connect', large));
  all.push(await rollcall.ask('connect', small));
  await Promise.all(all.map((each) => rollcall.ask('switchOn', each)));
  while ((await rollcall.ask('finished', all)) === null) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const ends = await rollcall.ask('durations', all);
  await rollcall.ask('stop');
  await Promise.all([google, microsoft].map((child) => child.ask('stop')));
  await Promise.all([google, microsoft, rollcall].map((child) => child.end()));
  return table(HEAD, rowsOf(ends, options));
}

function rowsOf(ends: readonly number[], { people, fewest }: FairnessOptions): readonly (readonly string[])[] {
  const smallest = ends.at(-1) ?? Number.NaN;
  const others = ends.slice(0, -1).toSorted((left, right) => left - right);
  const place = 1 + others.filter((end) => end < smallest).length;
  const after = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return [
    ['the smallest', whole(fewest), after(smallest), whole(place), verdict(atMost(place, 1, 'st'))],
    ['quickest of the others', whole(people), after(others[0] ?? Number.NaN), '', ''],
    ['slowest of the others', whole(people), after(others.at(-1) ?? Number.NaN), '', ''],
  ];
}
