import { loadSettings } from '../../config/load.ts';
import { compose } from '../../src/compose.ts';
import { failingAt } from './fail-points.ts';

const {
  FAIL_ORGANIZATION = '',
  FAIL_JOB = 'sync-page',
  FAIL_ONLY = null,
  FAIL_AT = '0',
  FAIL_SIGNAL,
  FAIL_LEASE_MS,
  FAIL_ALONE,
  ...env
} = process.env;
const signal = FAIL_SIGNAL === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL';
// Said before it is so: the process may die before it listens, and nobody is going to ask it anything.
process.stdout.write(`${JSON.stringify({ url: 'http://127.0.0.1', msg: 'Rollcall is listening' })}\n`);
const { url } = await compose(loadSettings(env), {
  around: failingAt({
    organizationId: FAIL_ORGANIZATION,
    job: FAIL_JOB,
    only: FAIL_ONLY,
    at: Number(FAIL_AT),
    signal,
    alone: FAIL_ALONE === 'yes',
  }),
  ...(FAIL_LEASE_MS ? { tuning: { leaseMs: Number(FAIL_LEASE_MS) } } : {}),
});
process.stdout.write(`${JSON.stringify({ listeningAt: url })}\n`);
