import { median, medianRatio } from './measure.ts';
import type { Lap } from './steady-load.ts';
import { atMost, table, times, verdict, whole } from './table.ts';
import type { Watched } from './watch.ts';

/** What one part of the work took, and what SCIM requests took meanwhile. */
export interface Phase extends Watched {
  readonly answers: Lap;
}

type PhaseName = 'sent' | 'reviewed' | 'written' | 'again' | 'exported' | 'frozen' | 'confirmed';

export interface ImportRound extends Readonly<Record<PhaseName, Phase>> {
  /** What SCIM requests took before. */
  readonly quiet: Lap;
  /** People written by the same file again. */
  readonly writesAgain: number;
}

const MEGABYTE = 1_048_576;
/** Rows of the file that aims in seconds are about. */
const AIMED_ROWS = 50_000;

const TITLES: Readonly<Record<PhaseName, string>> = {
  sent: 'sent',
  reviewed: 'reviewed',
  written: 'written, half of them new',
  again: 'the same file again, whole',
  exported: 'everybody exported',
  frozen: 'bulk of everybody frozen',
  confirmed: 'bulk of everybody done',
};
const NAMES = Object.keys(TITLES) as readonly PhaseName[];
/** During these nobody else may wait much longer than before. */
const SHARED: readonly PhaseName[] = ['sent', 'reviewed', 'written', 'again', 'frozen', 'confirmed'];

/** The figures of all rounds: medians; of memory and of blocking the most. */
export function importTable(rows: number, rounds: readonly ImportRound[]): string {
  return `${phaseTable(rows, rounds)}\n\n${aimTable(rows, rounds)}`;
}

function phaseTable(rows: number, rounds: readonly ImportRound[]): string {
  const head = [`Import of ${whole(rows)} rows`, 's', 'CPU µs each', 'blocked ms', 'growth MB', 'SCIM p50, p95 ms'];
  const waits = (answers: readonly Lap[]) =>
    [0.5, 0.95].map((share) => median(answers.map((lap) => quantile(lap, share))).toFixed(1)).join(', ');
  const body = NAMES.map((name) => {
    const phases = rounds.map((round) => round[name]);
    return [
      TITLES[name],
      seconds(rounds, [name]).toFixed(1),
      whole(median(phases.map(({ cpuUs }) => cpuUs)) / rows),
      whole(Math.max(...phases.map(({ blockedMs }) => blockedMs))),
      whole(Math.max(...rounds.map((round) => growth(round, name)))),
      waits(phases.map(({ answers }) => answers)),
    ];
  });
  return table(head, [['SCIM alone', '', '', '', '', waits(rounds.map(({ quiet }) => quiet))], ...body]);
}

function aimTable(rows: number, rounds: readonly ImportRound[]): string {
  const share = rows / AIMED_ROWS;
  const [reviewed, written] = [seconds(rounds, ['sent', 'reviewed']), seconds(rounds, ['written'])];
  const writes = Math.max(...rounds.map(({ writesAgain }) => writesAgain));
  const failed = rounds.reduce(
    (sum, round) => NAMES.reduce((more, name) => more + round[name].answers.failed, sum + round.quiet.failed),
    0,
  );
  const grown = (names: readonly PhaseName[]) =>
    Math.max(...names.flatMap((name) => rounds.map((round) => growth(round, name))));
  const memory = (title: string, megabytes: number) => [
    title,
    `${whole(megabytes)} MB`,
    verdict(atMost(megabytes, 100, 'MB')),
  ];
  const quiet = rounds.map((round) => quantile(round.quiet, 0.95));
  const ratios = SHARED.map((name) => {
    const ratio = medianRatio(
      rounds.map((round) => quantile(round[name].answers, 0.95)),
      quiet,
    );
    return [`SCIM p95 against alone, ${TITLES[name]}`, times(ratio), verdict(atMost(ratio, 2))];
  });
  return table(
    ['Import', 'measured', 'aim'],
    [
      ['sent and reviewed', `${reviewed.toFixed(1)} s`, verdict(atMost(reviewed, 10 * share, 's'))],
      ['written', `${written.toFixed(1)} s`, verdict(atMost(written, 15 * share, 's'))],
      memory('memory growth, import and export', grown(['sent', 'reviewed', 'written', 'again', 'exported'])),
      memory('memory growth, bulk', grown(['frozen', 'confirmed'])),
      ['people written by the same file again', whole(writes), verdict(atMost(writes, 0, 'people'))],
      ['SCIM requests that failed', whole(failed), verdict(atMost(failed, 0, ''))],
      ...ratios,
    ],
  );
}

const seconds = (rounds: readonly ImportRound[], names: readonly PhaseName[]): number =>
  median(rounds.map((round) => names.reduce((sum, name) => sum + round[name].ms / 1_000, 0)));

/** Growth of the process since the file was sent; an action on everybody begins anew. */
function growth(round: ImportRound, name: PhaseName): number {
  const first = name === 'frozen' || name === 'confirmed' ? round.frozen : round.sent;
  return (round[name].memory.most - first.memory.before) / MEGABYTE;
}

function quantile({ took }: Lap, share: number): number {
  return took[Math.ceil(took.length * share) - 1] ?? Number.NaN;
}
