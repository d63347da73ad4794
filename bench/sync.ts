import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DirectoryName } from '../src/core/user.ts';
import { startChild } from './child.ts';
import { type DirectoryCommands, environmentOf } from './directories.ts';
import { median, medianRatio } from './measure.ts';
import type { RollcallCommands } from './server.ts';
import type { Pass, Synced, SyncPass } from './sync-commands.ts';
import { atLeast, atMost, table, times, verdict, whole } from './table.ts';

export interface SyncOptions {
  readonly folder: string;
  readonly source: DirectoryName;
  readonly people: number;
  readonly rounds: number;
}

/** A run beside a listing alone, one right after the other. */
interface Pair {
  readonly listing: Pass;
  readonly run: SyncPass;
  /** User documents written by the run. */
  readonly writes: number;
}

interface Round {
  readonly first: SyncPass;
  readonly unchanged: Pair;
  readonly changed: Pair;
  /** The same by asking for changes only, where the directory can tell. */
  readonly delta: { readonly unchanged: Pair; readonly changed: Pair } | null;
}

const MEGABYTE = 1_048_576;
/** One person in so many is given another name. */
const EVERY = 100;
const TITLES: { readonly [source in DirectoryName]: string } = { google: 'Google', microsoft: 'Microsoft' };

/**
 * Syncs a simulated directory in a process of its own, page by page, into a new organization every round: first, then unchanged and
 * with one person in a hundred renamed, each beside a listing alone.
 */
export async function measureSync(options: SyncOptions, note: (text: string) => void): Promise<string> {
  const { people, source, rounds: count } = options;
  const folder = join(options.folder, `rollcall-sync-${source}`);
  const directory = startChild<DirectoryCommands>('directory');
  const rollcall = startChild<RollcallCommands>('rollcall');
  const simulated = await directory.ask('start', { source, people });
  await rollcall.ask('start', { folder, env: environmentOf(simulated) });
  const rounds: Round[] = [];
  for (let number = 1; number <= count; number++) {
    note(`syncing ${whole(people)} people of ${TITLES[source]}, round ${number} of ${count}`);
    const synced = await rollcall.ask('connect', simulated);
    const rename = (name: string) => directory.ask('rename', { people, every: EVERY, name: `${name} ${number}` });
    rounds.push(await syncRound(rollcall, synced, rename, join(folder, 'rollcall.db')));
  }
  await Promise.all([rollcall.ask('stop'), directory.ask('stop')]);
  await Promise.all([rollcall.end(), directory.end()]);
  const head = [`Sync of a simulated ${TITLES[source]}`, 'people/s', 'ms', 'CPU µs each', 'measured', 'aim'];
  return table(head, rowsOf(people, rounds));
}

async function syncRound(
  rollcall: ReturnType<typeof startChild<RollcallCommands>>,
  synced: Synced,
  rename: (name: string) => Promise<unknown>,
  database: string,
): Promise<Round> {
  const pair = async (kind: SyncPass['kind']): Promise<Pair> => {
    const listing = await rollcall.ask('list', synced);
    const before = writesSoFar(database);
    const run = await rollcall.ask('sync', { ...synced, kind });
    if (run.kind !== kind) throw new Error(`asked for a ${kind} run, and got a ${run.kind} one`);
    return { listing, run, writes: writesSoFar(database) - before };
  };
  await rollcall.ask('list', synced);
  const first = await rollcall.ask('sync', { ...synced, kind: 'full' });
  const unchanged = await pair('full');
  await rename('Full');
  const changed = await pair('full');
  if (synced.source === 'google') return { first, unchanged, changed, delta: null };
  const still = await pair('delta');
  await rename('Delta');
  return { first, unchanged, changed, delta: { unchanged: still, changed: await pair('delta') } };
}

/** Every write of a person raises their version by one; read from outside, through a connection of our own. */
function writesSoFar(database: string): number {
  const connection = new DatabaseSync(database, { readOnly: true });
  const { writes } = connection.prepare('SELECT sum(version) AS writes FROM documents').get() as { writes: number };
  connection.close();
  return writes;
}

/** Growth of the process in its very first sync, from then until the last one, and the most it ever had; in MB. */
function memoryOf(rounds: readonly Round[]) {
  const passes = rounds.flatMap(({ first, unchanged, changed, delta }) => [
    first,
    ...[unchanged, changed, ...(delta ? [delta.unchanged, delta.changed] : [])].flatMap(({ listing, run }) => [
      listing,
      run,
    ]),
  ]);
  const before = passes[0]?.memory.before ?? Number.NaN;
  const afterFirst = passes[0]?.memory.most ?? Number.NaN;
  const most = Math.max(...passes.map(({ memory }) => memory.most));
  return {
    first: (afterFirst - before) / MEGABYTE,
    later: (most - afterFirst) / MEGABYTE,
    most: most / MEGABYTE,
  };
}

function rowsOf(people: number, rounds: readonly Round[]): readonly (readonly string[])[] {
  const firsts = rounds.map(({ first }) => first);
  const rate = (people * 1_000) / median(firsts.map(({ ms }) => ms));
  const visible = median(firsts.map(({ firstVisibleMs }) => firstVisibleMs));
  const created = Math.min(...firsts.map(({ counts }) => counts.created));
  const memory = memoryOf(rounds);
  const deltas = rounds.flatMap(({ delta }) => delta ?? []);
  return [
    [
      'listing alone',
      ...figures(
        people,
        rounds.map(({ unchanged }) => unchanged.listing),
      ),
      '',
      '',
    ],
    ['first sync', ...figures(people, firsts), `${whole(created)} created`, verdict(atLeast(rate, 5_000, 'people/s'))],
    ['  first person visible', '', whole(visible), '', '', verdict(atMost(visible, 1_000, 'ms'))],
    ...pairRows(
      'unchanged sync',
      people,
      rounds.map(({ unchanged }) => unchanged),
      0,
      1.3,
    ),
    ...pairRows(
      '1 % renamed',
      people,
      rounds.map(({ changed }) => changed),
      Math.ceil(people / EVERY),
      1.5,
    ),
    ...pairRows(
      'unchanged, changes only',
      people,
      deltas.map(({ unchanged }) => unchanged),
      0,
      1.3,
    ),
    ...pairRows(
      '1 % renamed, changes only',
      people,
      deltas.map(({ changed }) => changed),
      Math.ceil(people / EVERY),
      1.5,
    ),
    ['memory growth, first sync', '', '', '', ...growth(memory.first)],
    ['memory growth, all that follows', '', '', '', ...growth(memory.later)],
    ['memory at most', '', '', '', `${whole(memory.most)} MB`, verdict(null)],
  ];
}

function figures(people: number, passes: readonly Pass[]): readonly string[] {
  const ms = median(passes.map((pass) => pass.ms));
  return [whole((people * 1_000) / ms), whole(ms), (median(passes.map(({ cpuUs }) => cpuUs)) / people).toFixed(1)];
}

/** A run that writes at most so many people, against the listing before it. */
function pairRows(
  title: string,
  people: number,
  pairs: readonly Pair[],
  mostWrites: number,
  aim: number,
): readonly (readonly string[])[] {
  if (pairs.length === 0) return [];
  const writes = Math.max(...pairs.map((pair) => pair.writes));
  const ratio = (measure: (pass: Pass) => number) =>
    medianRatio(
      pairs.map(({ run }) => measure(run)),
      pairs.map(({ listing }) => measure(listing)),
    );
  const [byTime, byCpu] = [ratio(({ ms }) => ms), ratio(({ cpuUs }) => cpuUs)];
  const passes = pairs.map(({ run }) => run);
  return [
    [title, ...figures(people, passes), `${whole(writes)} writes`, verdict(atMost(writes, mostWrites, 'writes'))],
    ['  against listing, elapsed', '', '', '', times(byTime), verdict(atMost(byTime, aim))],
    ['  against listing, CPU', '', '', '', times(byCpu), verdict(atMost(byCpu, aim))],
  ];
}

const growth = (megabytes: number) => [`${whole(megabytes)} MB`, verdict(atMost(megabytes, 100, 'MB'))];
