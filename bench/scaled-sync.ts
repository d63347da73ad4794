import { startChild } from './child.ts';
import { type DirectoryCommands, environmentOf, type Simulated } from './directories.ts';
import { type Installation, openInstallation } from './installation.ts';
import type { Synced } from './sync-commands.ts';
import { table, times, whole } from './table.ts';

export interface ScaledSyncOptions {
  readonly organizations: number;
  /** People of each organization. */
  readonly people: number;
  readonly workers: readonly number[];
}

const HEAD = ['First sync on MongoDB', 'people', 'people/s', 'against 1 worker', 'CPU µs each'];
const LOOK_MS = 100;

interface Outcome {
  readonly people: number;
  readonly ms: number;
  readonly cpuUs: number;
}

/** Several organizations sync at once, with more and more processes that work. */
export async function measureScaledSync(options: ScaledSyncOptions, note: (text: string) => void): Promise<string> {
  const google = startChild<DirectoryCommands>('directory');
  const simulated = await google.ask('start', { source: 'google', people: options.people });
  const rows: string[][] = [];
  let alone = 0;
  for (const count of options.workers) {
    note(`syncing ${options.organizations} organizations of ${whole(options.people)}, ${count} workers`);
    const installation = await openInstallation();
    const { people, ms, cpuUs } = await syncAll(installation, simulated, options.organizations, count);
    await installation.end();
    const rate = (people * 1_000) / ms;
    alone ||= rate;
    rows.push([`${count} workers`, whole(people), whole(rate), times(rate / alone), whole(cpuUs / people)]);
  }
  await google.ask('stop');
  await google.end();
  return table(HEAD, rows);
}

async function syncAll(
  installation: Installation,
  simulated: Simulated,
  organizations: number,
  count: number,
): Promise<Outcome> {
  const { child: api } = await installation.start('api', environmentOf(simulated));
  const workers = await Promise.all(
    Array.from({ length: count }, () => installation.start('worker', environmentOf(simulated))),
  );
  const all: Synced[] = [];
  for (let n = 0; n < organizations; n++) all.push(await api.ask('connect', simulated));
  const cpu = async () =>
    (await Promise.all(workers.map(({ child }) => child.ask('cpuNow')))).reduce((sum, each) => sum + each, 0);
  const before = await cpu();
  const from = performance.now();
  for (const each of all) await api.ask('switchOn', each);
  for (;;) {
    const seen = await api.ask('finished', all);
    if (seen !== null) return { people: seen, ms: performance.now() - from, cpuUs: (await cpu()) - before };
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
