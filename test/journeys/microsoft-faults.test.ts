import { expect } from 'chai';
import type { Fault, FaultRule } from '../simulators/graph/fault-rule.ts';
import type { GraphUser } from '../simulators/graph/people.ts';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 450;
const DELTA = { operation: 'users.delta' } as const;

interface Trouble {
  readonly fault: Fault;
  readonly match?: FaultRule['match'];
  readonly times?: FaultRule['times'];
}

/** What goes wrong with a run, full or delta; afterwards everything must be as if it had not. */
const TROUBLES: { readonly [what: string]: Trouble } = {
  '429 with Retry-After': { fault: { kind: 'error', status: 429, retryAfterSeconds: 1 } },
  '503 bursts': { fault: { kind: 'error', status: 503 }, times: 3 },
  'an error page': { fault: { kind: 'web-page' } },
  'a reset within the answer': { fault: { kind: 'reset-midway' } },
  'fewer bytes than announced': { fault: { kind: 'short-body' } },
  'truncated JSON': { fault: { kind: 'truncated-json' } },
  '200 {}': { fault: { kind: 'body', body: {} } },
  'no list': { fault: { kind: 'no-value' } },
  'a link to another host': {
    fault: { kind: 'foreign-link', link: 'https://evil.example/v1.0/users/delta?$skiptoken=x' },
  },
  'a record without its id': { fault: { kind: 'edit-record', at: 0, remove: ['id'] } },
  'a record of an impossible form': { fault: { kind: 'edit-record', at: 0, fields: { displayName: 7 } } },
  'a record without accountEnabled': { fault: { kind: 'edit-record', at: 0, remove: ['accountEnabled'] } },
  'a page without decisive properties': {
    fault: { kind: 'drop-fields', fields: ['accountEnabled', 'mail', 'userType'] },
  },
  'a page without names': {
    fault: { kind: 'drop-fields', fields: ['displayName', 'givenName', 'surname', 'jobTitle'] },
  },
  'a replay': { fault: { kind: 'repeat-record', at: 0 } },
  'a replay that contradicts': { fault: { kind: 'repeat-record', at: 0, fields: { accountEnabled: false } } },
  'removed and there': { fault: { kind: 'also-removed', at: 0, reason: 'deleted', first: false } },
  'living people left out': { fault: { kind: 'omit-records', every: 40 } },
  'a page in circles': { fault: { kind: 'loop', to: 'self' } },
  'a revoked token': { fault: { kind: 'revoked-token' } },
  'a forgotten state': { fault: { kind: 'lost-sync-state', as: 'syncStateNotFound' } },
  'a batch that fails': { fault: { kind: 'error', status: 503 }, match: { operation: 'batch' } },
  'a look-up that lags': { fault: { kind: 'error', status: 404 }, match: { operation: 'users.get' } },
};

describeBothWays('Microsoft faults met by a run', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let activeAtFirst: number;

  before(async () => {
    const directories = { retryPolicy: { tries: 6, baseMs: 1, capMs: 1, longestWaitMs: 5_000 } };
    rollcall = await startRollcall({
      env: way.env(),
      microsoft: { people: PEOPLE, deltaPage: 150 },
      overrides: { directories },
    });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync('microsoft');
    activeAtFirst = await active();
  });
  after(() => rollcall.stop());
  afterEach(() => control().clearFaults());

  const control = () => rollcall.microsoft().control;
  const active = async () =>
    (await rollcall.api.get(`${organization.path}/users?status=active&limit=1`)).body.total as number;
  const snapshot = async () => {
    const { items } = (await rollcall.api.get(`${organization.path}/users?status=all&limit=200`)).body;
    return items.map(({ id, name, email, status, title }: { [member: string]: unknown }) => ({
      id,
      name,
      email,
      status,
      title,
    }));
  };
  const somebody = () =>
    [...control().everybody()].find(
      ({ accountEnabled, userType, mail }) => accountEnabled && userType === 'Member' && mail,
    ) as GraphUser;

  for (const [what, { fault, match = DELTA, times = 1 }] of Object.entries(TROUBLES))
    for (const kind of ['full', 'delta'] as const)
      it(`${what}, in a ${kind} run: nobody is removed or changed, and a quiet run finds nothing left to do`, async () => {
        // Something to tell, so that a delta has a record to spoil.
        control().mutate({ do: 'set', who: somebody().id, fields: { officeLocation: what } });
        const people = await snapshot();
        control().fault({ match, times, fault });
        const run = await organization.run('microsoft', { kind });
        expect(run.state, JSON.stringify(run)).to.be.oneOf(['finished', 'failed']);
        expect(run.counts).to.include({ removed: 0, created: 0 });
        for (const reason of run.reasons) expect(reason.message).to.match(/\S/);
        if (kind === 'full') expect(control().stats().spoiled).to.be.above(0);
        control().clearFaults();
        const quiet = await organization.sync('microsoft', { kind: 'full' });
        expect(quiet.counts).to.include({ seen: PEOPLE, created: 0, removed: 0, failed: 0 });
        expect(await active()).to.equal(activeAtFirst);
        expect(await snapshot()).to.deep.equal(people);
        expect(control().stats().earlyRetries).to.equal(0);
      });

  for (const page of [1, 2, 3])
    it(`R22 an error on page ${page} of 3 removes nobody, though people are missing`, async () => {
      const gone = somebody();
      control().mutate({ do: 'purge', who: gone.id });
      control().fault({ match: { ...DELTA, page }, times: 'always', fault: { kind: 'error', status: 403 } });
      const run = await organization.run('microsoft', { kind: 'full' });
      expect(run).to.include({ state: 'failed' });
      expect(run.counts.removed).to.equal(0);
      expect(await active()).to.equal(activeAtFirst);
      control().mutate({ do: 'restore', who: gone.id });
    });

  it('R20 a listing of nobody removes nobody, and is held', async () => {
    const { origin } = rollcall.microsoft();
    const body = {
      '@odata.context': `${origin}/v1.0/$metadata#users`,
      '@odata.deltaLink': `${origin}/v1.0/users/delta?$deltatoken=x`,
      value: [],
    };
    control().fault({ match: DELTA, times: 2, fault: { kind: 'body', body } });
    const run = await organization.run('microsoft', { kind: 'full' });
    expect(run).to.include({ state: 'held' });
    expect(run.reasons.map(({ code }: { code: string }) => code)).to.include('empty_listing');
    expect(await active()).to.equal(activeAtFirst);
    control().clearFaults();
    expect(await organization.sync('microsoft', { kind: 'full' })).to.include({ state: 'finished' });
  });

  it('R21 names blanked for a third of the people are held', async () => {
    const people = await snapshot();
    const blank = { displayName: null, givenName: null, surname: null };
    control().mutate({ do: 'set', who: { from: 0, to: 150 }, fields: blank });
    const run = await organization.run('microsoft');
    expect(run).to.include({ state: 'held', kind: 'delta' });
    expect(run.reasons.map(({ code }: { code: string }) => code)).to.include('too_many_blanked');
    expect(await snapshot()).to.deep.equal(people);
  });
});
