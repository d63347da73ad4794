import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DIRECTORIES } from '../src/core/user.ts';
import { type Commands, serveCommands } from './child.ts';
import { clientCommands } from './client.ts';
import { directoryCommands } from './directories.ts';
import { measureImport } from './import.ts';
import { referenceMs } from './measure.ts';
import { measureQueue } from './scaled-queue.ts';
import { measureScaledScim } from './scaled-scim.ts';
import { measureScaledSync } from './scaled-sync.ts';
import { measureTenants } from './scaled-tenants.ts';
import { measureScim } from './scim.ts';
import { GROUP_SIZES, OUTSIDERS } from './seed.ts';
import { bareCommands, rollcallCommands } from './server.ts';
import { steadyCommands } from './steady-load.ts';
import { measureSync } from './sync.ts';
import { measureFairness } from './sync-fairness.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    users: { type: 'string' },
    people: { type: 'string' },
    rows: { type: 'string' },
    as: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** What a child of ours is started as. */
const ROLES: ReadonlyMap<string, () => Commands> = new Map<string, () => Commands>([
  ['bare', bareCommands],
  ['rollcall', rollcallCommands],
  ['directory', directoryCommands],
  ['client', clientCommands],
  ['provider', steadyCommands],
]);

const say = (text: string) => process.stdout.write(`${text}\n`);
const note = (text: string) => process.stderr.write(`${text} …\n`);

const reference = () => `100 people's JSON parsed and written in ${referenceMs().toFixed(2)} ms of CPU time`;

const HELP = `Measures Rollcall side by side with baselines; see bench/README.md.

  --quick               fewer requests and people: a minute instead of five
  --users 1000,100000   people in the organizations that SCIM is measured on
  --people 100000       people in the directories that are synced
  --rows 50000          rows of the file that is imported

scim, sync, import      only this part
scaled                  on MongoDB and Redis instead, which are found or brought as for the tests`;

/** What may be asked for by name. */
const PARTS: ReadonlySet<string> = new Set(['scim', 'sync', 'import', 'scaled']);

/** Measures everything and prints the tables. Exits with 1 only when it could not measure: an aim missed is a result. */
async function main(): Promise<void> {
  const { quick } = values;
  const users = (values.users ?? (quick ? '1000,5000' : '1000,100000')).split(',').map(Number);
  if (positionals.some((word) => !PARTS.has(word))) throw new Error(`what is ${positionals.join(' ')}?`);
  if (values.people !== undefined && !(Number(values.people) >= 1_000)) throw new Error('--people: from 1000 up');
  if (values.rows !== undefined && !(Number(values.rows) >= 1_000 && Number(values.rows) % 2 === 0))
    throw new Error('--rows: an even number from 1000 up');
  if (users.some((size) => !Number.isSafeInteger(size) || size < 1_000)) throw new Error('--users: from 1000 up');
  const isAsked = (part: string) => positionals.length === 0 || positionals.includes(part);
  const many = quick ? { organizations: 100, users: 20 } : { organizations: 1_000, users: 100 };
  const grouped = { organizations: 1, users: OUTSIDERS + (quick ? GROUP_SIZES[1] : GROUP_SIZES[2]), grouped: true };
  const sizes = [...users.map((size) => ({ organizations: 1, users: size })), many, grouped];
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  try {
    say(`Node ${process.version}, ${availableParallelism()} cores, 16 requests in flight, medians of 5 rounds`);
    say(`${reference()} before\n`);
    if (positionals.includes('scaled')) return await scaled(folder, quick);
    if (isAsked('scim')) say(`${await measureScim({ folder, sizes, rounds: 5, share: quick ? 0.3 : 1 }, note)}\n`);
    if (isAsked('sync')) await sync(folder, quick);
    if (isAsked('import')) await importFile(folder, quick);
    say(`\n${reference()} after`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sync(folder: string, quick: boolean): Promise<void> {
  const people = Number(values.people ?? (quick ? 5_000 : 100_000));
  for (const source of DIRECTORIES) say(`${await measureSync({ folder, source, people, rounds: 3 }, note)}\n`);
  const crowd = quick
    ? { organizations: 20, people: 2_000, fewest: 50 }
    : { organizations: 50, people: 2_000, fewest: 50 };
  say(await measureFairness({ folder, ...crowd }, note));
}

async function importFile(folder: string, quick: boolean): Promise<void> {
  const rows = Number(values.rows ?? (quick ? 5_000 : 50_000));
  say(await measureImport({ folder, rows, rounds: quick ? 1 : 3 }, note));
}

async function scaled(folder: string, quick: boolean): Promise<void> {
  const rounds = quick ? 2 : 5;
  const parts = [
    () => measureScaledScim({ folder, users: quick ? 1_000 : 5_000, rounds, share: quick ? 0.4 : 1 }, note),
    () => measureQueue({ jobs: quick ? 2_000 : 5_000, rounds }, note),
    () => measureScaledSync({ organizations: 10, people: quick ? 500 : 5_000, workers: [1, 2, 4] }, note),
    () => measureTenants({ organizations: quick ? 100 : 1_000, people: 100, rounds }, note),
  ];
  for (const part of parts) say(`${await part()}\n`);
  say(`${reference()} after`);
}

const role = ROLES.get(values.as ?? '');
if (role) serveCommands(role());
else if (values.help) say(HELP);
else await main();
