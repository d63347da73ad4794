import { expect } from 'chai';
import type { Fault, FaultRule } from '../simulators/google/fault-rule.ts';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 1_100;
const LIST = { operation: 'users.list' } as const;

interface Trouble {
  readonly fault: Fault;
  readonly match?: FaultRule['match'];
  readonly times?: FaultRule['times'];
  /** People whose record notes what is unknown of them, and then that it is known again. */
  readonly noted?: number;
}

const refusal = (reason: string): Fault => ({ kind: 'error', status: 403, reason, domain: 'usageLimits' });

/** What goes wrong with a run; afterwards everything must be as if it had not. */
const TROUBLES: { readonly [what: string]: Trouble } = {
  '429 with Retry-After in seconds': { fault: { kind: 'error', status: 429, retryAfterSeconds: 1 } },
  '429 without Retry-After': { fault: { kind: 'error', status: 429 } },
  '403 rateLimitExceeded': { fault: refusal('rateLimitExceeded'), times: 3 },
  '403 userRateLimitExceeded': { fault: refusal('userRateLimitExceeded'), times: 3 },
  '403 quotaExceeded': { fault: refusal('quotaExceeded'), times: 3 },
  '500 bursts': { fault: { kind: 'error', status: 500 }, times: 3 },
  '502 bursts': { fault: { kind: 'error', status: 502 }, times: 3 },
  '503 bursts': { fault: { kind: 'error', status: 503 }, times: 4 },
  '504 bursts': { fault: { kind: 'error', status: 504 }, times: 3 },
  'an error page': { fault: { kind: 'web-page', status: 502 } },
  '200 with a web page': { fault: { kind: 'web-page', status: 200 } },
  'a reset within the answer': { fault: { kind: 'reset-midway' } },
  'fewer bytes than announced': { fault: { kind: 'short-body' } },
  'truncated JSON': { fault: { kind: 'truncated-json' } },
  '200 {}': { fault: { kind: 'body', body: {} } },
  'a page that is not the last, without people': { fault: { kind: 'no-users' }, match: { ...LIST, page: 2 } },
  'a first page without people': { fault: { kind: 'empty-page' }, match: { ...LIST, page: 1 } },
  'a record without its id': { fault: { kind: 'edit-record', at: 0, remove: ['id'] } },
  // One address of a thousand is below every limit: it is taken for gone until Google shows it again.
  'a record without its address': { fault: { kind: 'edit-record', at: 7, remove: ['primaryEmail'] }, noted: 1 },
  'a record that does not say if it is suspended': {
    fault: { kind: 'edit-record', at: 7, remove: ['suspended'] },
    noted: 1,
  },
  'a record of an impossible form': { fault: { kind: 'edit-record', at: 7, fields: { name: 'text' } } },
  'a record twice on a page': { fault: { kind: 'repeat-record', at: 3 } },
  'a record twice, saying different things': { fault: { kind: 'repeat-record', at: 3, fields: { suspended: true } } },
  'a record on two pages': { fault: { kind: 'repeat-from-page-before' }, match: { ...LIST, page: 2 } },
  'living people left out': { fault: { kind: 'omit-records', every: 100 } },
  'a page in circles': { fault: { kind: 'loop', to: 'self' } },
  'pages in circles': { fault: { kind: 'loop', to: 'second-page' }, match: { ...LIST, page: 3 } },
  'a revoked token': { fault: { kind: 'revoked-token' } },
  'an expired page token': { fault: { kind: 'expired-page-token' }, match: { ...LIST, page: 2 } },
  'another customer': { fault: { kind: 'other-customer', customerId: 'C0ther' }, times: 'always' },
};

describeBothWays('Google faults met by a run', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let activeAtFirst: number;

  before(async () => {
    const directories = { retryPolicy: { tries: 6, baseMs: 1, capMs: 1, longestWaitMs: 5_000 } };
    rollcall = await startRollcall({ env: way.env(), google: { people: PEOPLE }, overrides: { directories } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    activeAtFirst = await active();
  });
  after(() => rollcall.stop());
  afterEach(() => control().clearFaults());

  const control = () => rollcall.google().control;
  const active = async () =>
    (await rollcall.api.get(`${organization.path}/users?status=active&limit=1`)).body.total as number;
  const versions = async () => {
    const { items } = (await rollcall.api.get(`${organization.path}/users?status=all&limit=200`)).body;
    return items.map(({ id, version, status, email }: { [member: string]: unknown }) => [id, version, status, email]);
  };

  for (const [what, { fault, match = LIST, times = 1, noted = 0 }] of Object.entries(TROUBLES))
    it(`${what}: nobody is removed or written, and a quiet run finds nothing left to do`, async () => {
      const before = await versions();
      const spoiled = control().stats().spoiled;
      control().fault({ match, times, fault });
      const run = await organization.run();
      expect(run.state, JSON.stringify(run)).to.be.oneOf(['finished', 'failed']);
      expect(run.counts).to.include({ removed: 0, created: 0, updated: noted });
      for (const reason of run.reasons) expect(reason.message).to.match(/\S \S/);
      expect(control().stats().spoiled).to.be.above(spoiled);
      control().clearFaults();
      const quiet = await organization.sync();
      expect(quiet.counts).to.include({ seen: PEOPLE, created: 0, updated: noted, removed: 0, failed: 0 });
      expect(await active()).to.equal(activeAtFirst);
      if (noted === 0) expect(await versions()).to.deep.equal(before);
      expect(control().stats().earlyRetries).to.equal(0);
    });

  for (const page of [1, 2, 3])
    it(`R22 an error on page ${page} of 3 removes nobody, though people are missing`, async () => {
      const gone = String(control().person(40)?.id);
      control().mutate({ do: 'delete', who: 40 });
      control().fault({
        match: { ...LIST, page },
        times: 'always',
        fault: { kind: 'error', status: 403, reason: 'forbidden' },
      });
      const run = await organization.run();
      expect(run).to.include({ state: 'failed' });
      expect(run.counts.removed).to.equal(0);
      expect(await active()).to.equal(activeAtFirst);
      control().mutate({ do: 'restore', who: gone });
    });

  it('R21 names blanked for a sixth of the people are held', async () => {
    const before = await versions();
    control().mutate({ do: 'set', who: { from: 1, to: 190 }, fields: { name: { givenName: '', familyName: '' } } });
    const run = await organization.run();
    expect(run).to.include({ state: 'held' });
    expect(run.reasons.map(({ code }: { code: string }) => code)).to.include('too_many_blanked');
    expect(await versions()).to.deep.equal(before);
  });
});
