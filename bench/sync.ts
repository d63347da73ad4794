import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startChild } from './child.ts';
import { median, medianRatio } from './measure.ts';
import type { GoogleCommands, RollcallCommands } from './server.ts';
import type { Pass, SyncPass } from './sync-commands.ts';
import { atLeast, atMost, table, times, verdict, whole } from './table.ts';

export interface SyncOptions {
  readonly folder: string;
  readonly people: number;
  readonly rounds: number;
}

interface Round {
  readonly first: SyncPass;
  readonly listing: Pass;
  readonly unchanged: SyncPass;
  /** User documents written by the unchanged run. */
  readonly writes: number;
}

const MEGABYTE = 1_048_576;

/**
 * Syncs a simulated Google in a process of its own, page by page of 500, into a new organization every round: first, then
 * unchanged beside a listing alone.
 */
export async function measureSync(options: SyncOptions, note: (text: string) => void): Promise<string> {
  const { people, rounds: count } = options;
  const folder = join(options.folder, 'rollcall-sync');
  const google = startChild<GoogleCommands>('google');
  const rollcall = startChild<RollcallCommands>('rollcall');
  const { origin, serviceAccount, subject } = await google.ask('start', { people });
  await rollcall.ask('start', { folder, googleBaseUrl: origin });
  const rounds: Round[] = [];
  for (let number = 0; number < count; number++) {
    note(`syncing ${whole(people)} people, round ${number + 1} of ${count}`);
    const id = await rollcall.ask('connect', { serviceAccount, subject });
    await rollcall.ask('list', id);
    rounds.push(await syncRound(rollcall, id, join(folder, 'rollcall.db')));
  }
  await rollcall.ask('stop');
  await google.ask('stop');
  await Promise.all([rollcall.end(), google.end()]);
  return table(HEAD, rowsOf(people, rounds));
}

const HEAD = ['Sync of a simulated Google', 'people/s', 'ms', 'CPU µs each', 'measured', 'aim'];

async function syncRound(
  rollcall: ReturnType<typeof startChild<RollcallCommands>>,
  id: string,
  database: string,
): Promise<Round> {
  const first = await rollcall.ask('sync', id);
  const listing = await rollcall.ask('list', id);
  const before = writesSoFar(database);
  const unchanged = await rollcall.ask('sync', id);
  return { first, listing, unchanged, writes: writesSoFar(database) - before };
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
  const [young] = rounds;
  const before = young?.first.memory.before ?? Number.NaN;
  const afterFirst = young?.first.memory.most ?? Number.NaN;
  const most = Math.max(
    ...rounds.flatMap(({ first, listing, unchanged }) => [first, listing, unchanged]).map(({ memory }) => memory.most),
  );
  return {
    first: (afterFirst - before) / MEGABYTE,
    later: (most - afterFirst) / MEGABYTE,
    most: most / MEGABYTE,
  };
}

function rowsOf(people: number, rounds: readonly Round[]): readonly (readonly string[])[] {
  const of = (name: 'first' | 'listing' | 'unchanged') => rounds.map((round) => round[name]);
  const figures = (passes: readonly Pass[]) => {
    const ms = median(passes.map((pass) => pass.ms));
    return [whole((people * 1_000) / ms), whole(ms), (median(passes.map(({ cpuUs }) => cpuUs)) / people).toFixed(1)];
  };
  const ratio = (measure: (pass: Pass) => number) =>
    medianRatio(of('unchanged').map(measure), of('listing').map(measure));
  const [byTime, byCpu] = [ratio(({ ms }) => ms), ratio(({ cpuUs }) => cpuUs)];
  const rate = (people * 1_000) / median(of('first').map(({ ms }) => ms));
  const memory = memoryOf(rounds);
  const writes = Math.max(...rounds.map((round) => round.writes));
  const created = Math.min(...of('first').map((pass) => (pass as SyncPass).counts.created));
  return [
    ['listing alone', ...figures(of('listing')), '', ''],
    ['first sync', ...figures(of('first')), `${whole(created)} created`, verdict(atLeast(rate, 5_000, 'people/s'))],
    ['unchanged sync', ...figures(of('unchanged')), `${whole(writes)} writes`, verdict(atMost(writes, 0, 'writes'))],
    ['  against listing, elapsed', '', '', '', times(byTime), verdict(atMost(byTime, 1.3))],
    ['  against listing, CPU', '', '', '', times(byCpu), verdict(atMost(byCpu, 1.3))],
    ['memory growth, first sync', '', '', '', ...growth(memory.first)],
    [`memory growth, ${rounds.length * 2 - 1} more syncs`, '', '', '', ...growth(memory.later)],
    ['memory at most', '', '', '', `${whole(memory.most)} MB`, verdict(null)],
  ];
}

const growth = (megabytes: number) => [`${whole(megabytes)} MB`, verdict(atMost(megabytes, 100, 'MB'))];
