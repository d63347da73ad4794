import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Commands, serveCommands } from './child.ts';
import { clientCommands } from './client.ts';
import { referenceMs } from './measure.ts';
import { measureQueue } from './scaled-queue.ts';
import { measureScaledScim } from './scaled-scim.ts';
import { measureScaledSync } from './scaled-sync.ts';
import { measureTenants } from './scaled-tenants.ts';
import { measureScim } from './scim.ts';
import { bareCommands, googleCommands, rollcallCommands } from './server.ts';
import { measureSync } from './sync.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    users: { type: 'string' },
    only: { type: 'string' },
    as: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** What a child of ours is started as. */
const ROLES: ReadonlyMap<string, () => Commands> = new Map<string, () => Commands>([
  ['bare', bareCommands],
  ['rollcall', rollcallCommands],
  ['google', googleCommands],
  ['client', clientCommands],
]);

const say = (text: string) => process.stdout.write(`${text}\n`);
const note = (text: string) => process.stderr.write(`${text} …\n`);

const reference = () => `100 people's JSON parsed and written in ${referenceMs().toFixed(2)} ms of CPU time`;

const HELP = `Measures Rollcall side by side with baselines; see bench/README.md.

  --quick               fewer requests and people: a minute instead of five
  --users 1000,50000    people in the organizations that SCIM is measured on
  --only scim|sync      one half

scaled                  on MongoDB and Redis instead, which are found or brought as for the tests`;

/** Measures everything and prints the tables. Exits with 1 only when it could not measure: an aim missed is a result. */
async function main(): Promise<void> {
  const { quick, only } = values;
  const sizes = (values.users ?? (quick ? '1000,5000' : '1000,50000')).split(',').map(Number);
  if (only !== undefined && only !== 'scim' && only !== 'sync') throw new Error('--only: scim or sync');
  if (positionals.some((word) => word !== 'scaled')) throw new Error(`what is ${positionals.join(' ')}?`);
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1_000)) throw new Error('--users: from 1000 up');
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  try {
    say(`Node ${process.version}, ${availableParallelism()} cores, 16 requests in flight, medians of 5 rounds`);
    say(`${reference()} before\n`);
    if (positionals.includes('scaled')) return await scaled(folder, quick);
    if (only !== 'sync') say(`${await measureScim({ folder, sizes, rounds: 5, share: quick ? 0.3 : 1 }, note)}\n`);
    if (only !== 'scim') say(await measureSync({ folder, people: quick ? 5_000 : 20_000, rounds: 5 }, note));
    say(`\n${reference()} after`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
