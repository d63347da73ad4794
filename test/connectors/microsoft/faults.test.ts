import { expect } from 'chai';
import { DirectoryError } from '../../../src/ports/directory.ts';
import type { Fault, FaultRule } from '../../simulators/graph/fault-rule.ts';
import { errorOf } from '../google/harness.ts';
import { type Harness, idsOf, keysOf, openHarness, readAll } from './harness.ts';

const PEOPLE = 450;
const FIRST_PAGE = { operation: 'users.delta', page: 1 } as const;
const SECOND_PAGE = { operation: 'users.delta', page: 2 } as const;
const body = (fields: object): Fault => ({ kind: 'body', body: { '@odata.context': 'x/$metadata#users', ...fields } });

/** Passing trouble with a page: one is survived, and without end it fails the page as `retry`. */
const PASSING: { readonly [name: string]: Fault } = {
  '429 with Retry-After in seconds': { kind: 'error', status: 429, retryAfterSeconds: 7 },
  '429 with a fraction of seconds': { kind: 'error', status: 429, retryAfterSeconds: 2.5 },
  '429 with an HTTP date': { kind: 'error', status: 429, retryAfterSeconds: 9, retryAfterForm: 'date' },
  '429 without Retry-After': { kind: 'error', status: 429 },
  '503 with Retry-After': { kind: 'error', status: 503, retryAfterSeconds: 3 },
  '500': { kind: 'error', status: 500 },
  '504': { kind: 'error', status: 504 },
  '408': { kind: 'error', status: 408 },
  '502 web page': { kind: 'web-page', status: 502 },
  '403 web page': { kind: 'web-page', status: 403 },
  '404 web page': { kind: 'web-page', status: 404 },
  '400 web page': { kind: 'web-page', status: 400 },
  '200 web page': { kind: 'web-page' },
  '200 {}': { kind: 'body', body: {} },
  '200 []': { kind: 'body', body: [] },
  '200 null': { kind: 'body', body: 'null' },
  '200 with nothing': { kind: 'body', body: '' },
  '204': { kind: 'body', status: 204, body: '' },
  '304': { kind: 'body', status: 304, body: '' },
  'a redirect': { kind: 'body', status: 302, body: '', headers: { location: '/elsewhere' } },
  'JSON cut off inside a good frame': { kind: 'truncated-json' },
  'no list of people': { kind: 'no-value' },
  'people that are no list': body({ value: {}, '@odata.deltaLink': 'http://127.0.0.1/v1.0/users/delta?a' }),
  'no context': { kind: 'no-context' },
  'the context of another list': { kind: 'body', body: { '@odata.context': 'x/$metadata#groups', value: [] } },
  'a link that is no text': body({ value: [], '@odata.nextLink': 7 }),
  'no link at all': { kind: 'no-links' },
  'both links': { kind: 'both-links' },
  'a page that names itself as the next': { kind: 'loop', to: 'self' },
  'a link to another host': { kind: 'foreign-link', link: 'https://evil.example/v1.0/users/delta?$skiptoken=x' },
  'a link to another path': { kind: 'foreign-link', link: 'https://graph.microsoft.com/v1.0/me' },
  'a connection reset before the answer': { kind: 'reset-before' },
  'a connection reset within the answer': { kind: 'reset-midway' },
  'fewer bytes than announced': { kind: 'short-body' },
  'a first byte that never comes': { kind: 'slow-first-byte', ms: 400 },
  'an answer that drips': { kind: 'slow-drip', ms: 5 },
};

describe('the Microsoft directory under faults', () => {
  let microsoft: Harness;
  before(async () => {
    microsoft = await openHarness(PEOPLE);
  });
  afterEach(() => microsoft.reset());
  after(() => microsoft.close());
  const control = () => microsoft.simulator.control;
  const idAt = (index: number) => String(control().person(index)?.id);
  const open = (fault?: Fault) => microsoft.open(fault?.kind.startsWith('slow') ? { options: { timeoutMs: 200 } } : {});
  const spoil = (...rules: readonly FaultRule[]) => {
    for (const rule of rules) control().fault(rule);
  };

  async function expectTruth(fault?: Fault): Promise<void> {
    const { people, failed, removed } = await readAll(open(fault));
    expect(keysOf(people)).to.deep.equal(idsOf(microsoft.simulator).toSorted());
    expect([failed, removed]).to.deep.equal([[], []]);
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
    'a token that would break a header': { kind: 'body', body: { access_token: 'a\r\nb', expires_in: 3_600 } },
    'a token without end': { kind: 'body', body: { access_token: 'sim-token-x', expires_in: 'soon' } },
    'cut off JSON': { kind: 'truncated-json' },
    '503': { kind: 'error', status: 503 },
    '429 with Retry-After': { kind: 'error', status: 429, retryAfterSeconds: 6 },
    'a reset': { kind: 'reset-before' },
    silence: { kind: 'slow-first-byte', ms: 400 },
    'a failure of its own': {
      kind: 'token-error',
      status: 400,
      error: 'temporarily_unavailable',
      number: 90033,
      description: 'x',
    },
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
      { match: SECOND_PAGE, times: 3, fault: { kind: 'error', status: 429 } },
      { match: { operation: 'batch' }, fault: { kind: 'truncated-json' } },
      { match: { page: 3 }, fault: { kind: 'web-page' } },
    );
    await expectTruth();
  });

  describe('emptiness', () => {
    it('does not believe one well-formed empty listing', async () => {
      const everybodyGone = body({
        value: [],
        '@odata.deltaLink': `${microsoft.simulator.origin}/v1.0/users/delta?$deltatoken=x`,
      });
      spoil({ match: FIRST_PAGE, fault: everybodyGone });
      await expectTruth();
      expect(microsoft.waits).to.deep.equal([1_000]);
    });

    it('believes an empty listing that Microsoft confirms, for the guard to weigh', async () => {
      const everybodyGone = body({
        value: [],
        '@odata.deltaLink': `${microsoft.simulator.origin}/v1.0/users/delta?$deltatoken=x`,
      });
      spoil({ match: FIRST_PAGE, times: 2, fault: everybodyGone });
      expect((await open().readPage(null)).people).to.deep.equal([]);
    });

    it('reads on after an empty page that names the next', async () => {
      control().mutate({ do: 'purge', who: { from: 0, to: 200 } });
      const { people, pages } = await readAll(open());
      expect([people.length, pages]).to.deep.equal([250, 3]);
    });
  });

  describe('waiting', () => {
    it('comes back exactly when it may, and tells the log', async () => {
      spoil({ match: FIRST_PAGE, fault: { kind: 'error', status: 429, retryAfterSeconds: 33 } });
      await open().readPage(null);
      expect(microsoft.waits[0]).to.equal(33_000);
      expect(microsoft.logged[0]).to.include('"waitMs":33000');
    });

    it('hands a long wait to the scheduler and lets nobody call meanwhile', async () => {
      const directory = open();
      spoil({ match: FIRST_PAGE, fault: { kind: 'error', status: 429, retryAfterSeconds: 900 } });
      expect(await errorOf(directory.readPage(null))).to.include({ failure: 'retry', retryAfterMs: 900_000 });
      expect(await errorOf(directory.find(idAt(1)))).to.include({ failure: 'retry' });
      expect(control().requests()).to.have.length(2);
      control().advance(900_000);
      expect((await directory.readPage(null)).people.length).to.be.above(0);
      expect(control().stats().earlyRetries).to.equal(0);
    });

    for (const retryAfterForm of ['seconds', 'date'] as const)
      it(`keeps to an enforced quota, batches included (${retryAfterForm})`, async () => {
        control().throttle({ perMinute: 120, burst: 15, retryAfterSeconds: 10, retryAfterForm });
        const { people } = await readAll(open());
        expect(keysOf(people)).to.deep.equal(idsOf(microsoft.simulator).toSorted());
        const { throttled, earlyRetries } = control().stats();
        expect(throttled).to.be.at.least(2);
        expect(earlyRetries).to.equal(0);
      });

    it('stops at once when the process ends', async () => {
      const controller = new AbortController();
      const { realSleep } = await import('../../../connectors/retry.ts');
      const options = { signal: controller.signal, sleep: realSleep, random: () => 1 };
      spoil({ times: 'always', fault: { kind: 'error', status: 503 } });
      setTimeout(() => controller.abort(), 100);
      const start = Date.now();
      expect(await errorOf(microsoft.open({ options }).readPage(null))).to.include({ failure: 'retry' });
      expect(Date.now() - start).to.be.below(900);
    });
  });

  describe('records', () => {
    const readSecond = async (fault: Fault) => {
      spoil({ match: SECOND_PAGE, times: 'always', fault });
      const directory = open();
      return directory.readPage((await directory.readPage(null)).next);
    };
    /** Somebody on the second page about whom nothing is left open; at which position, counted from its start. */
    const SURE = { at: 3, index: 203 };

    for (const [name, id] of [
      ['missing', undefined],
      ['a number', 42],
      ['empty', ''],
      ['a path', '../users'],
    ] as const)
      it(`reports a record whose id is ${name}, and nobody is made of it`, async () => {
        const change = id === undefined ? { remove: ['id'] } : { fields: { id } };
        const page = await readSecond({ kind: 'edit-record', at: 3, ...change });
        expect(page.failed).to.deep.equal([{ externalId: null, message: 'a record came without a usable id' }]);
        expect(page.people).to.have.length(199);
      });

    it('quarantines a record with an impossible property under its id', async () => {
      const page = await readSecond({
        kind: 'edit-record',
        at: SURE.at,
        fields: { displayName: ['Ada'], mail: 'a@b.example' },
      });
      expect(page.failed).to.deep.equal([
        { externalId: idAt(SURE.index), message: '"displayName" has an impossible form' },
      ]);
    });

    for (const dropped of ['accountEnabled', 'mail', 'userType', 'userPrincipalName'] as const)
      it(`asks for everybody again when a page leaves out ${dropped}, and takes nobody for another`, async () => {
        const whole = await readAll(open());
        spoil({ match: SECOND_PAGE, fault: { kind: 'drop-fields', fields: [dropped] } });
        const { people } = await readAll(open());
        expect(people.toSorted(byKey).map(essence)).to.deep.equal(whole.people.toSorted(byKey).map(essence));
      });

    it('leaves open what a page leaves out and is not decisive', async () => {
      const page = await readSecond({ kind: 'drop-fields', fields: ['jobTitle', 'givenName'] });
      const person = page.people.find(({ unsaid }) => unsaid?.length !== 0);
      expect(person).to.include({ title: null, givenName: null });
      expect(person?.unsaid).to.include.members(['title', 'givenName']);
    });

    it('takes a replay of the same record for one person', async () => {
      const page = await readSecond({ kind: 'repeat-record', at: SURE.at });
      expect(page.people.filter(({ externalId }) => externalId === idAt(SURE.index))).to.have.length(1);
    });

    it('asks whom to believe when a replay says something else', async () => {
      const page = await readSecond({ kind: 'repeat-record', at: SURE.at, fields: { accountEnabled: false } });
      const enabled = control().person(SURE.index)?.accountEnabled;
      const found = page.people.filter(({ externalId }) => externalId === idAt(SURE.index));
      expect(found.map(({ activity }) => activity)).to.deep.equal([enabled ? 'active' : 'inactive']);
    });

    for (const first of [true, false])
      for (const reason of ['changed', 'deleted'] as const)
        it(`asks about somebody both there and removed (${reason}, ${first ? 'removed first' : 'removed last'})`, async () => {
          const there = await readSecond({ kind: 'also-removed', at: SURE.at, reason, first });
          expect(there.removed).to.deep.equal([]);
          expect(there.people).to.have.length(200);
          expect(control().stats().calls['users.get']).to.be.above(0);
        });

    it('gives the caller what it needs to notice a listing in circles', async () => {
      spoil({ match: { page: 3 }, times: 'always', fault: { kind: 'loop', to: 'second-page' } });
      expect(await errorOf(readAll(open()))).to.have.property('message', 'the listing goes in circles');
    });
  });

  describe('looking somebody up', () => {
    const GET = { operation: 'users.get' } as const;

    for (const [name, fault] of Object.entries({
      'a 404 web page': { kind: 'web-page', status: 404 },
      'a 404 of another kind': { kind: 'error', status: 404, code: 'UnknownError', message: '' },
      '{}': { kind: 'body', body: {} },
      'a web page': { kind: 'web-page' },
      '204': { kind: 'body', status: 204, body: '' },
      'somebody else': { kind: 'body', body: { id: '00000000-0000-4000-8000-000000000001' } },
      'cut off JSON': { kind: 'truncated-json' },
      '503': { kind: 'error', status: 503 },
      'a quota': { kind: 'error', status: 429, retryAfterSeconds: 4 },
      'a reset': { kind: 'reset-midway' },
    } satisfies { readonly [name: string]: Fault }))
      it(`does not take ${name} for gone`, async () => {
        spoil({ match: GET, times: 'always', fault });
        const error = await errorOf(open().find(idAt(5)));
        expect(error).to.be.instanceOf(DirectoryError);
        expect(control().stats().earlyRetries).to.equal(0);
        control().clearFaults();
        control().advance(10_000);
        expect(await open().find(idAt(5))).to.have.nested.property('person.externalId', idAt(5));
      });

    it('does not take a refusal for gone', async () => {
      spoil({ match: GET, fault: { kind: 'error', status: 403 } });
      expect(await errorOf(open().find(idAt(5)))).to.include({ failure: 'config' });
    });
  });
});

type Person = Awaited<ReturnType<typeof readAll>>['people'][number];
const byKey = (left: Person, right: Person) => (left.externalId < right.externalId ? -1 : 1);
/** What decides about a person. */
const essence = ({ externalId, email, activity, kind }: Person) => ({ externalId, email, activity, kind });
