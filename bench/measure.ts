import type { Child } from './child.ts';
import type { ClientCommands, Load } from './client.ts';
import { scimPerson } from './people.ts';
import type { Meter } from './server.ts';

/** What one batch of requests cost. */
export interface Sample {
  /** CPU time of the server process, user and system, per request. */
  readonly cpuUs: number;
  readonly perSecond: number;
  /** Of one answer, without its head. */
  readonly bytes: number;
}

/** Sends a batch and reads the server's CPU clock before and after; work left over by the answers counts too. */
export async function sampleOf(
  server: Pick<Child<Meter>, 'ask'>,
  client: Child<ClientCommands>,
  load: Load,
): Promise<Sample> {
  const before = await server.ask('cpuUs');
  const { ms, bytes } = await client.ask('send', load);
  const after = await server.ask('cpuUs');
  return {
    cpuUs: (after - before) / load.count,
    perSecond: (load.count * 1_000) / ms,
    bytes: Math.round(bytes / load.count),
  };
}

const REFERENCE_TIMES = 50;

/**
 * Milliseconds of CPU time that this machine, as it is now, needs to parse and write the JSON of a hundred people: what no list of a
 * hundred can go below, and a yardstick for every figure that is no ratio.
 */
export function referenceMs(): number {
  const text = JSON.stringify(Array.from({ length: 100 }, (_, index) => scimPerson(index)));
  const times = Array.from({ length: REFERENCE_TIMES }, () => {
    const started = process.cpuUsage();
    JSON.stringify(JSON.parse(text));
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000;
  });
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the ratios of pairs measured one right after the other: what slows the machine down slows both. */
export function medianRatio(above: readonly number[], below: readonly number[]): number {
  return median(above.map((value, index) => value / (below[index] ?? Number.NaN)));
}
