import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import { type MoveOutcome, type MoveProgress, migrateStore } from '../services/migrate-store.ts';
import { openStores } from '../store/open.ts';
import { type Command, type Output, UsageError } from './command.ts';
import { checkHoldsStore, readLocation, type StoreLocation } from './store-location.ts';

const CLOCK: Clock = { now: () => Date.now() };

const PLACE = 'folder or URL';

/** `rollcall migrate-store`: a whole installation from one store to another. */
export const migrateStoreCommand: Command = {
  summary: 'Copy a whole installation to another store, and compare the two. Run again when broken off.',
  options: {
    from: { value: PLACE, sentence: 'The store to read: the data folder of an embedded store, or a mongodb:// URL.' },
    to: { value: PLACE, sentence: 'The empty store to fill: a folder (made when missing), or a mongodb:// URL.' },
  },
  async run(values, output) {
    const from = readLocation('from', values.get('from'));
    const to = readLocation('to', values.get('to'));
    if (from.name === to.name) throw new UsageError('--from and --to are the same store');
    checkHoldsStore(from);
    await using opened = await openBoth(from, to);
    output.say(`Moving ${from.name}\n    to ${to.name}`);
    if (from.kind === 'mongodb')
      output.say('Every Rollcall process that uses the source must be stopped: MongoDB cannot tell whether one runs.');
    const outcome = await migrateStore({
      from: opened.source.archive,
      to: opened.target.archive,
      source: from.name,
      clock: CLOCK,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      onProgress: reporter(output),
    });
    for (const line of reportOf(outcome)) output.say(line);
    output.say(NEXT_STEPS[to.kind](from, to));
  },
};

async function openBoth(from: StoreLocation, to: StoreLocation) {
  const source = await open(from);
  try {
    const target = await open(to);
    return {
      source,
      target,
      async [Symbol.asyncDispose]() {
        await Promise.all([source.close(), target.close()]);
      },
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function open({ kind, address }: StoreLocation): Promise<Stores> {
  const mongodb = kind === 'mongodb' ? { url: address } : null;
  const { stores } = await openStores({ dataDir: address, clock: CLOCK, mongodb });
  return stores;
}

/** Says how far it is, once a second and at the end of each kind. */
function reporter({ say }: Output): (progress: MoveProgress) => void {
  const start = { key: '', at: 0, done: 0, said: 0 };
  return ({ step, kind, done, total }) => {
    const now = Date.now();
    const key = `${step} ${kind}`;
    if (start.key !== key) Object.assign(start, { key, at: now, done: 0, said: now });
    const ended = done >= total;
    if (total === 0 || (!ended && now - start.said < 1_000)) return;
    start.said = now;
    const rate = Math.round((done * 1_000) / Math.max(1, now - start.at));
    say(`  ${step} ${kind}: ${done} of ${total}${now - start.at > 1_000 ? ` (${rate} a second)` : ''}`);
  };
}

function reportOf({ resumed, finishedEarlierAt, kinds }: MoveOutcome): readonly string[] {
  if (finishedEarlierAt) return [`This move was finished at ${finishedEarlierAt}; nothing was done now.`];
  const rows = kinds.map(
    ({ kind, count, digest }) => `  ${kind.padEnd(14)} ${`${count}`.padStart(9)}  ${digest.slice(0, 16)}`,
  );
  const intro = resumed ? ['An earlier move was broken off; this one went on from there.'] : [];
  return [...intro, 'Source and target hold the same:', ...rows];
}

/** What to do next, by the kind of the target. */
const NEXT_STEPS: Readonly<Record<StoreLocation['kind'], (from: StoreLocation, to: StoreLocation) => string>> = {
  mongodb: ({ kind, name }) => {
    const keys =
      kind === 'folder' ? `the contents of the files secret-key and operator-key in ${name}` : 'as they were';
    return `
The source was not changed; keep it until the new installation has proved itself, and do not start it again beside it.
Before starting on the new store:
  1. set MONGODB_URL to the URL you gave as --to;
  2. set ROLLCALL_SECRET_KEY and ROLLCALL_OPERATOR_KEY: ${keys}.
     Without the same secret key no stored credential opens and no SCIM token is recognised.`;
  },
  folder: (_, { name }) => `
The source was not changed; keep it until the new installation has proved itself, and do not start it again beside it.
Before starting on the new store:
  1. unset MONGODB_URL and REDIS_URL and set ROLLCALL_DATA_DIR to ${name};
  2. keep ROLLCALL_SECRET_KEY and ROLLCALL_OPERATOR_KEY set as they were, or put the keys into the files secret-key and
     operator-key there (chmod 600). Without the same secret key no stored credential opens and no SCIM token is recognised.`,
};
