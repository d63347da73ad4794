import { expect } from 'chai';
import { DirectoryError } from '../../../src/ports/directory.ts';
import type { Fault, FaultRule } from '../../simulators/google/fault-rule.ts';
import { errorOf, type Harness, idsOf, openHarness, readAll } from './harness.ts';

const PEOPLE = 1_010;
const SECOND_PAGE = { operation: 'users.list', page: 2 } as const;
const FIRST_PAGE = { operation: 'users.list', page: 1 } as const;

/** Passing trouble with a page: one is survived, and without end it fails the page as `retry`. */
const PASSING: { readonly [name: string]: Fault } = {
  '429 with Retry-After in seconds': { kind: 'error', status: 429, retryAfterSeconds: 7 },
  '429 with a fraction of seconds': { kind: 'error', status: 429, retryAfterSeconds: 2.5 },
  '429 with an HTTP date': { kind: 'error', status: 429, retryAfterSeconds: 9, retryAfterForm: 'date' },
  '429 without Retry-After': { kind: 'error', status: 429 },
  '403 userRateLimitExceeded': { kind: 'error', status: 403, reason: 'userRateLimitExceeded' },
  '403 rateLimitExceeded with Retry-After': {
    kind: 'error',
    status: 403,
    reason: 'rateLimitExceeded',
    retryAfterSeconds: 5,
  },
  '403 quotaExceeded': { kind: 'error', status: 403, reason: 'quotaExceeded' },
  '403 dailyLimitExceeded': { kind: 'error', status: 403, reason: 'dailyLimitExceeded' },
  '403 of an unknown quota': { kind: 'error', status: 403, reason: 'brandNewLimit', domain: 'usageLimits' },
  '403 web page': { kind: 'web-page', status: 403 },
  '404 web page': { kind: 'web-page', status: 404 },
  '400 web page': { kind: 'web-page', status: 400 },
  '408': { kind: 'error', status: 408 },
  '500': { kind: 'error', status: 500 },
  '502 web page': { kind: 'web-page', status: 502 },
  '503 with Retry-After': { kind: 'error', status: 503, retryAfterSeconds: 3 },
  '504': { kind: 'error', status: 504 },
  '200 web page': { kind: 'web-page' },
  '200 {}': { kind: 'body', body: {} },
  '200 []': { kind: 'body', body: [] },
  '200 null': { kind: 'body', body: 'null' },
  '200 with nothing': { kind: 'body', body: '' },
  '204': { kind: 'body', status: 204, body: '' },
  '304': { kind: 'body', status: 304, body: '' },
  '206 of another shape': { kind: 'body', status: 206, body: { kind: 'admin#directory#users' } },
  'a redirect': { kind: 'body', status: 302, body: '', headers: { location: '/elsewhere' } },
  'JSON cut off inside a good frame': { kind: 'truncated-json' },
  'users missing although a next page is named': { kind: 'no-users' },
  'users that are no list': { kind: 'body', body: { kind: 'admin#directory#users', etag: '"e"', users: {} } },
  'users that are null, more to come': {
    kind: 'body',
    body: { kind: 'admin#directory#users', etag: '"e"', users: 'x' },
  },
  'no kind': { kind: 'body', body: { etag: '"e"', users: [] } },
  'the kind of another list': { kind: 'body', body: { kind: 'admin#directory#groups', etag: '"e"' } },
  'no etag': { kind: 'body', body: { kind: 'admin#directory#users' } },
  'a page token that is no text': {
    kind: 'body',
    body: { kind: 'admin#directory#users', etag: '"e"', users: [], nextPageToken: 7 },
  },
  'a page that names itself as the next': { kind: 'loop', to: 'self' },
  'a connection reset before the answer': { kind: 'reset-before' },
  'a connection reset within the answer': { kind: 'reset-midway' },
  'fewer bytes than announced': { kind: 'short-body' },
  'a first byte that never comes': { kind: 'slow-first-byte', ms: 400 },
  'an answer that drips': { kind: 'slow-drip', ms: 5 },
};

describe('the Google directory under faults', () => {
  let google: Harness;
  before(async () => {
    google = await openHarness(PEOPLE);
  });
  afterEach(() => google.reset());
  after(() => google.close());
  const control = () => google.simulator.control;
  const open = (fault?: Fault) => google.open(fault?.kind.startsWith('slow') ? { timeoutMs: 200 } : {});
  const spoil = (...rules: readonly FaultRule[]) => {
    for (const rule of rules) control().fault(rule);
  };

  async function expectTruth(fault?: Fault): Promise<void> {
    const { people, failed } = await readAll(open(fault));
    expect(people.map(({ externalId }) => externalId)).to.deep.equal(idsOf(google.simulator));
    expect(failed).to.deep.equal([]);
    expect(control().stats().earlyRetries).to.equal(0);
  }

  for (const [name, fault] of Object.entries(PASSING)) {
    it(`survives ${name}`, async () => {
      spoil({ match: SECOND_PAGE, times: 2, fault });
      await expectTruth(fault);
      expect(control().stats().spoiled).to.equal(2);
    });

    it(`fails the page as passing trouble when it stays: ${name}`, async () => {
      const { next } = await open().readPage(null);
      const directory = open(fault);
      spoil({ match: SECOND_PAGE, times: 'always', fault });
      const error = await errorOf(directory.readPage(next));
      expect(error).to.be.instanceOf(DirectoryError).and.to.include({ failure: 'retry' });
      expect(control().stats()).to.include({ spoiled: 6, earlyRetries: 0 });
    });
  }

  for (const [name, fault] of Object.entries({
    'a web page': { kind: 'web-page' },
    '{}': { kind: 'body', body: {} },
    'a token that is no text': { kind: 'body', body: { access_token: 7, expires_in: 3_600 } },
    'a token without end': { kind: 'body', body: { access_token: 'sim-token-x', expires_in: 'soon' } },
    'cut off JSON': { kind: 'truncated-json' },
    '503': { kind: 'error', status: 503 },
    '429 with Retry-After': { kind: 'error', status: 429, retryAfterSeconds: 6 },
    'a reset': { kind: 'reset-before' },
    silence: { kind: 'slow-first-byte', ms: 400 },
    temporarily_unavailable: {
      kind: 'token-error',
      status: 400,
      error: 'temporarily_unavailable',
      description: 'later',
    },
    internal_failure: { kind: 'token-error', status: 500, error: 'internal_failure', description: 'later' },
  } satisfies { readonly [name: string]: Fault }))
    it(`survives ${name} from the token endpoint, and fails as passing trouble when it stays`, async () => {
      spoil({ match: { operation: 'token' }, times: 2, fault });
      await expectTruth(fault);
      spoil({ match: { operation: 'token' }, times: 'always', fault });
      expect(await errorOf(open(fault).readPage(null))).to.include({ failure: 'retry' });
      expect(control().stats()).to.include({ spoiled: 8, earlyRetries: 0 });
    });

  it('survives bursts of different troubles in one run', async () => {
    spoil(
      { match: FIRST_PAGE, fault: { kind: 'error', status: 503 } },
      { match: FIRST_PAGE, fault: { kind: 'reset-before' } },
      { match: SECOND_PAGE, times: 3, fault: { kind: 'error', status: 403, reason: 'quotaExceeded' } },
      { match: { page: 3 }, fault: { kind: 'truncated-json' } },
      { match: { page: 3 }, fault: { kind: 'web-page' } },
    );
    await expectTruth();
  });

  describe('emptiness', () => {
    for (const match of [FIRST_PAGE, SECOND_PAGE])
      it(`does not believe one well-formed empty page (page ${match.page})`, async () => {
        spoil({ match, fault: { kind: 'empty-page' } });
        await expectTruth();
      });

    it('believes an empty listing that Google confirms, for the guard to weigh', async () => {
      spoil({ match: FIRST_PAGE, times: 2, fault: { kind: 'empty-page' } });
      expect(await open().readPage(null)).to.deep.equal({ people: [], failed: [], next: null });
      expect(google.waits).to.deep.equal([1_000]);
    });

    it('does not believe a malformed page as confirmation', async () => {
      spoil({ match: FIRST_PAGE, fault: { kind: 'empty-page' } });
      spoil({ match: FIRST_PAGE, times: 'always', fault: { kind: 'body', body: {} } });
      expect(await errorOf(open().readPage(null))).to.include({ failure: 'retry' });
    });
  });

  describe('waiting', () => {
    it('comes back exactly when it may, and tells the log', async () => {
      spoil({ match: FIRST_PAGE, fault: { kind: 'error', status: 429, retryAfterSeconds: 33 } });
      await open().readPage(null);
      expect(google.waits[0]).to.equal(33_000);
      expect(google.logged).to.have.length(1);
      expect(google.logged[0]).to.include('"waitMs":33000');
    });

    it('hands a long wait to the scheduler and lets nobody call meanwhile', async () => {
      const directory = open();
      spoil({ match: FIRST_PAGE, fault: { kind: 'error', status: 429, retryAfterSeconds: 900 } });
      expect(await errorOf(directory.readPage(null))).to.include({ failure: 'retry', retryAfterMs: 900_000 });
      const error = await errorOf(directory.find('100000700000000000001'));
      expect(error).to.include({ failure: 'retry' });
      expect((error as DirectoryError).retryAfterMs).to.be.within(890_000, 900_000);
      expect(control().requests()).to.have.length(2);
      control().advance(900_000);
      expect((await directory.readPage(null)).people).to.have.length(500);
      expect(control().stats().earlyRetries).to.equal(0);
    });

    it('keeps the pause when the integration is connected anew', async () => {
      const { simulator, credentials } = google;
      const { createDirectories } = await import('../../../connectors/open.ts');
      const clock = { now: control().now };
      const directories = createDirectories({ googleBaseUrl: simulator.origin, clock, random: () => 0 });
      spoil({ match: FIRST_PAGE, fault: { kind: 'error', status: 429, retryAfterSeconds: 900 } });
      await errorOf(directories.openGoogle('one', credentials).readPage(null));
      const anew = directories.openGoogle('one', { ...credentials, subject: 'other@sim.example' });
      expect(await errorOf(anew.readPage(null))).to.include({ failure: 'retry' });
      expect(control().requests()).to.have.length(2);
    });

    for (const [status, retryAfterForm] of [
      [429, 'seconds'],
      [429, 'date'],
      [403, 'seconds'],
    ] as const)
      it(`keeps to an enforced quota (${status}, ${retryAfterForm})`, async () => {
        control().throttle({ perMinute: 30, burst: 1, retryAfterSeconds: 4, retryAfterForm, status });
        const { people } = await readAll(open());
        expect(people).to.have.length(PEOPLE);
        const { throttled, earlyRetries } = control().stats();
        expect(throttled).to.be.at.least(2);
        expect(earlyRetries).to.equal(0);
      });

    it('stops at once when the process ends', async () => {
      const controller = new AbortController();
      const { realSleep } = await import('../../../connectors/retry.ts');
      const directory = google.open({ signal: controller.signal, sleep: realSleep, random: () => 1 });
      spoil({ times: 'always', fault: { kind: 'error', status: 503 } });
      setTimeout(() => controller.abort(), 100);
      const start = Date.now();
      expect(await errorOf(directory.readPage(null))).to.include({ failure: 'retry' });
      expect(Date.now() - start).to.be.below(900);
    });
  });

  describe('records', () => {
    const ID = () => String(control().person(503)?.id);
    const readSecond = async (fault: Fault) => {
      spoil({ match: SECOND_PAGE, times: 'always', fault });
      const directory = open();
      return directory.readPage((await directory.readPage(null)).next);
    };

    for (const [name, id] of [
      ['missing', undefined],
      ['a number', 42],
      ['empty', ''],
      ['a path', '../users'],
      ['dots', '..'],
    ] as const)
      it(`reports a record whose id is ${name}, and nobody is made of it`, async () => {
        const change = id === undefined ? { remove: ['id'] } : { fields: { id } };
        const page = await readSecond({ kind: 'edit-record', at: 3, ...change });
        expect(page.failed).to.deep.equal([{ externalId: null, message: 'a record came without a usable id' }]);
        expect(page.people).to.have.length(499);
      });

    it('reports a record that is no object', async () => {
      const body = { kind: 'admin#directory#users', etag: '"e"', users: ['x', null, 7] };
      const page = await readSecond({ kind: 'body', body });
      expect(page.failed.map(({ externalId }) => externalId)).to.deep.equal([null, null, null]);
    });

    it('quarantines a record with an impossible field under its id', async () => {
      const page = await readSecond({ kind: 'edit-record', at: 3, fields: { name: 'Ada' } });
      expect(page.failed).to.deep.equal([{ externalId: ID(), message: '"name" has an impossible form' }]);
      expect(page.people.some(({ externalId }) => externalId === ID())).to.equal(false);
    });

    it('keeps a person without an address', async () => {
      const page = await readSecond({ kind: 'edit-record', at: 3, remove: ['primaryEmail'] });
      expect(page.people[3]).to.include({ externalId: ID(), email: null });
    });

    it('does not take a missing flag for active', async () => {
      const page = await readSecond({ kind: 'edit-record', at: 3, remove: ['suspended', 'archived'] });
      expect(page.people[3]).to.include({ externalId: ID(), activity: 'unknown' });
    });

    it('takes the same record twice for one person', async () => {
      const page = await readSecond({ kind: 'repeat-record', at: 3 });
      expect(page.people.filter(({ externalId }) => externalId === ID())).to.have.length(1);
      expect(page.failed).to.deep.equal([]);
    });

    it('believes neither of two records that differ under one id', async () => {
      const page = await readSecond({
        kind: 'repeat-record',
        at: 3,
        fields: { suspended: true, name: { givenName: 'Other' } },
      });
      expect(page.people.some(({ externalId }) => externalId === ID())).to.equal(false);
      expect(page.failed.map(({ externalId }) => externalId)).to.deep.equal([ID()]);
    });

    it('passes on somebody who comes on two pages', async () => {
      spoil({ match: SECOND_PAGE, fault: { kind: 'repeat-from-page-before' } });
      const { people } = await readAll(open());
      expect(people).to.have.length(PEOPLE + 1);
      expect(people[499]).to.deep.equal(people[500]);
    });

    it('finds people the listing skipped', async () => {
      const skipped = [1, 2, 3, 4].map((index) => String(control().person(index)?.id));
      spoil({ match: FIRST_PAGE, fault: { kind: 'omit-records', ids: skipped } });
      const directory = open();
      const { people } = await readAll(directory);
      expect(people).to.have.length(PEOPLE - 4);
      for (const id of skipped) expect(await directory.find(id)).to.have.nested.property('person.externalId', id);
    });

    it('shows the customer each record names', async () => {
      const page = await readSecond({ kind: 'other-customer', customerId: 'C0foreign' });
      expect(new Set(page.people.map(({ tenant }) => tenant))).to.deep.equal(new Set(['C0foreign']));
    });

    it('gives the caller what it needs to notice a listing in circles', async () => {
      spoil({ match: { page: 3 }, times: 'always', fault: { kind: 'loop', to: 'second-page' } });
      const error = await errorOf(readAll(open()));
      expect(error).to.have.property('message', 'the listing goes in circles');
    });
  });

  describe('looking somebody up', () => {
    const GET = { operation: 'users.get' } as const;
    const id = () => String(control().person(5)?.id);

    for (const [name, fault] of Object.entries({
      'a 404 web page': { kind: 'web-page', status: 404 },
      'a 412 web page': { kind: 'web-page', status: 412 },
      '{}': { kind: 'body', body: {} },
      'a web page': { kind: 'web-page' },
      '204': { kind: 'body', status: 204, body: '' },
      'somebody else': { kind: 'body', body: { kind: 'admin#directory#user', id: '199999999999999999999' } },
      'cut off JSON': { kind: 'truncated-json' },
      '503': { kind: 'error', status: 503 },
      'a quota': { kind: 'error', status: 403, reason: 'quotaExceeded', retryAfterSeconds: 4 },
      'a reset': { kind: 'reset-midway' },
    } satisfies { readonly [name: string]: Fault })) {
      it(`does not take ${name} for gone`, async () => {
        spoil({ match: GET, times: 'always', fault });
        expect(await errorOf(open().find(id()))).to.include({ failure: 'retry' });
        expect(control().stats()).to.include({ spoiled: 6, earlyRetries: 0 });
      });

      it(`finds the person after ${name}`, async () => {
        spoil({ match: GET, fault });
        expect(await open().find(id())).to.have.nested.property('person.externalId', id());
      });
    }

    it('does not take a refusal for gone', async () => {
      spoil({ match: GET, fault: { kind: 'error', status: 403, reason: 'forbidden' } });
      expect(await errorOf(open().find(id()))).to.include({ failure: 'config' });
    });

    it('does not take a 412 for another reason for gone', async () => {
      spoil({ match: GET, fault: { kind: 'error', status: 412, reason: 'somethingElse' } });
      expect(await errorOf(open().find(id()))).to.include({ failure: 'config' });
    });
  });
});
