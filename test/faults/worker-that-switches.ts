import { loadSettings } from '../../config/load.ts';
import { compose, type Overrides } from '../../src/compose.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { createApiClient } from '../support/api-client.ts';
import { failingAt } from './fail-points.ts';

type Parts = Parameters<NonNullable<Overrides['around']>>[0];

const { FAIL_ORGANIZATION = '', FAIL_JOB = '', FAIL_AT = '0', FAIL_ALONE: _, ...env } = process.env;

/** Switches SCIM on while the first people are being written, and says when they are. */
function switchingMidway(parts: Parts): Parts {
  const { users } = parts.stores;
  let switched: Promise<unknown> | null = null;
  const saveMany: Stores['users']['saveMany'] = async (changes, fence) => {
    if (switched !== null || changes[0]?.user.organizationId !== FAIL_ORGANIZATION)
      return users.saveMany(changes, fence);
    switched = switchOn();
    await switched;
    const saved = await users.saveMany(changes, fence);
    process.stdout.write(`${JSON.stringify({ writtenMidway: true })}\n`);
    return saved;
  };
  return { ...parts, stores: { ...parts.stores, users: { ...users, saveMany } } };
}

async function switchOn(): Promise<void> {
  const { url, operatorKey } = await rollcall;
  const change = { scim: { enabled: true } };
  const { status, text } = await createApiClient(url, operatorKey).patch(
    `/organizations/${FAIL_ORGANIZATION}/settings`,
    change,
  );
  if (status !== 200) throw new Error(text);
}

const plan = {
  organizationId: FAIL_ORGANIZATION,
  job: FAIL_JOB,
  only: null,
  at: Number(FAIL_AT),
  alone: true,
} as const;
const failing = failingAt({ ...plan, signal: 'SIGKILL' });
// Said before it is so: the process may die before it listens, and nobody is going to ask it anything.
process.stdout.write(`${JSON.stringify({ url: 'http://127.0.0.1', msg: 'Rollcall is listening' })}\n`);
const rollcall = compose(loadSettings(env), { around: (parts) => switchingMidway(failing(parts)) });
const { url } = await rollcall;
process.stdout.write(`${JSON.stringify({ listeningAt: url })}\n`);
