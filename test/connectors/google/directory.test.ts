import { expect } from 'chai';
import type { DirectoryCheck } from '../../../src/ports/directory.ts';
import { SCOPES } from '../../simulators/google/token-api.ts';
import { errorOf, type Harness, idsOf, openHarness, readAll } from './harness.ts';

const PEOPLE = 1_200;

describe('the Google directory', () => {
  let google: Harness;
  before(async () => {
    google = await openHarness(PEOPLE);
  });
  afterEach(() => google.reset());
  after(() => google.close());
  const control = () => google.simulator.control;
  const idAt = (index: number) => String(control().person(index)?.id);

  it('lists everybody once, 500 a page, with one token', async () => {
    const { people, failed, pages } = await readAll(google.open());
    expect(people.map(({ externalId }) => externalId)).to.deep.equal(idsOf(google.simulator));
    expect(failed).to.deep.equal([]);
    expect(pages).to.equal(3);
    expect(control().stats().calls).to.include({ token: 1, 'users.list': 3 });
  });

  it('shows people as the directory has them', async () => {
    const { people } = await readAll(google.open());
    const truth = [...control().everybody()];
    for (const [index, person] of people.entries()) {
      const user = truth[index];
      expect(person.email).to.equal(user?.primaryEmail);
      expect(person.activity).to.equal(user?.suspended || user?.archived ? 'inactive' : 'active');
      expect(person.kind).to.equal(user?.isGuestUser ? 'guest' : 'member');
    }
    expect(people.filter(({ activity }) => activity === 'inactive')).to.have.length.within(30, 100);
    expect(new Set(people.map(({ hash }) => hash)).size).to.equal(PEOPLE);
  });

  it('hashes an unchanged directory to the same, and notices each change', async () => {
    const before = await readAll(google.open());
    control().mutate(
      { do: 'suspend', who: 3 },
      { do: 'rename', who: 4, givenName: 'Ada', familyName: 'Byron' },
      { do: 'set', who: 5, fields: { lastLoginTime: '2026-02-02T00:00:00.000Z' } },
    );
    const after = await readAll(google.open());
    const changed = after.people.filter(({ hash }, index) => hash !== before.people[index]?.hash);
    expect(changed.map(({ externalId }) => externalId)).to.deep.equal([idAt(3), idAt(4)]);
  });

  it('sees two people swap their addresses', async () => {
    const [one, two] = [control().person(10)?.primaryEmail, control().person(11)?.primaryEmail];
    control().mutate({ do: 'swap-emails', who: 10, with: 11 });
    const { people } = await readAll(google.open());
    expect([people[10]?.email, people[11]?.email]).to.deep.equal([two, one]);
  });

  it('goes on where a listing was left, also after its token ran out', async () => {
    const first = await google.open().readPage(null);
    control().advance(2 * 86_400_000);
    const second = await google.open().readPage(first.next);
    expect(second.people[0]?.externalId).to.equal(idAt(500));
  });

  it('asks for a fresh start when the page token is three days old', async () => {
    const { next } = await google.open().readPage(null);
    control().advance(3 * 86_400_000 + 1);
    expect(await errorOf(google.open().readPage(next))).to.include({ name: 'GoogleError', failure: 'reset' });
  });

  it('asks for a fresh start when the page token is somebody else’s', async () => {
    expect(await errorOf(google.open().readPage('bm90IG91cnMsIGJ1dCBsb25nIGVub3VnaA=='))).to.include({
      failure: 'reset',
    });
  });

  it('replaces a token that was revoked in mid-run, once and without a failure', async () => {
    const directory = google.open();
    const { next } = await directory.readPage(null);
    control().revokeTokens();
    expect((await directory.readPage(next)).people).to.have.length(500);
    expect(control().stats().calls).to.include({ token: 2, 'users.list': 3 });
    expect(google.waits).to.deep.equal([]);
  });

  it('takes one token for many first calls', async () => {
    const directory = google.open();
    await Promise.all(Array.from({ length: 10 }, (_, index) => directory.find(idAt(index))));
    expect(control().stats().calls).to.include({ token: 1, 'users.get': 10 });
  });

  it('finds a person by key', async () => {
    const page = await google.open().readPage(null);
    expect(await google.open().find(idAt(8))).to.deep.equal({ person: page.people[8], leftOut: null });
  });

  it('says gone of somebody deleted, within the 20 days and after, and of a key never given out', async () => {
    const directory = google.open();
    const id = idAt(20);
    control().mutate({ do: 'delete', who: 20 });
    expect(await directory.find(id)).to.equal('gone');
    control().advance(21 * 86_400_000);
    expect(await directory.find(id)).to.equal('gone');
    expect(await directory.find('199999999999999999999')).to.equal('gone');
    expect(google.waits).to.deep.equal([]);
  });

  it('finds somebody restored', async () => {
    const [id = ''] = [idAt(21)];
    control().mutate({ do: 'delete', who: 21 }, { do: 'restore', who: 21 });
    expect(await google.open().find(id)).to.have.nested.property('person.externalId', id);
  });

  it('names its tenant with the one scope it needs', async () => {
    control().delegate([SCOPES.users]);
    expect(await google.open().tenant()).to.equal('C0rollcall');
    expect(control().stats().calls).to.include({ 'users.list': 1, 'customers.get': 0 });
  });

  it('shares token and pace between all who open the same integration', async () => {
    const { simulator, credentials } = google;
    const { createDirectories } = await import('../../../connectors/open.ts');
    const clock = { now: simulator.control.now };
    const directories = createDirectories({ googleBaseUrl: simulator.origin, clock, random: () => 0 });
    const one = directories.openGoogle('same', credentials);
    expect(directories.openGoogle('same', { ...credentials })).to.equal(one);
    expect(directories.openGoogle('other', credentials)).not.to.equal(one);
    expect(directories.openGoogle('same', { ...credentials, subject: 'else@sim.example' })).not.to.equal(one);
  });

  describe('test()', () => {
    const summary = (checks: readonly DirectoryCheck[]) => checks.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'bad'}`);

    it('finds everything in order', async () => {
      const checks = await google.open().test();
      expect(checks.map(({ ok }) => ok)).to.deep.equal(Array(6).fill(true));
      expect(checks.at(-1)?.message).to.equal('Customer C0rollcall, primary domain sim.example.');
    });

    it('does without the customer scope, and says so', async () => {
      control().delegate([SCOPES.users]);
      const checks = await google.open().test();
      expect(checks.map(({ ok }) => ok)).to.deep.equal(Array(6).fill(true));
      expect(checks.at(-1)?.message).to.include('C0rollcall').and.to.include(SCOPES.customer);
    });

    it('does not trust a token from before the delegation was withdrawn', async () => {
      const directory = google.open();
      await directory.readPage(null);
      control().delegate([]);
      const checks = await directory.test();
      expect(summary(checks)).to.deep.equal([
        'token ok',
        'delegation bad',
        'scope bad',
        'subject bad',
        'listing bad',
        'customer bad',
      ]);
      expect(checks[1]?.message).to.include('Domain-wide delegation').and.to.include(SCOPES.users);
    });

    it('points at a subject nobody knows', async () => {
      const checks = await google.open({}, { subject: 'nobody@sim.example' }).test();
      expect(summary(checks)).to.deep.equal([
        'token ok',
        'delegation ok',
        'scope ok',
        'subject bad',
        'listing bad',
        'customer bad',
      ]);
      expect(checks[3]?.message).to.include('nobody@sim.example');
    });

    it('points at a subject who is no administrator', async () => {
      const subject = String(control().person(1)?.primaryEmail);
      const checks = await google.open({}, { subject }).test();
      expect(checks[3]).to.include({ name: 'subject', ok: false });
      expect(checks[3]?.message).to.include('privilege "Users, Read"');
    });

    it('points at an API that is not enabled', async () => {
      control().fault({
        match: { operation: 'users.list' },
        fault: { kind: 'error', status: 403, reason: 'accessNotConfigured' },
      });
      const checks = await google.open().test();
      expect(checks[4]).to.include({ name: 'listing', ok: false });
      expect(checks[4]?.message).to.include('Admin SDK API');
    });

    it('notices a listing of another customer than the account’s', async () => {
      const fault = { kind: 'other-customer', customerId: 'C0foreign' } as const;
      control().fault({ match: { operation: 'users.list' }, fault });
      const checks = await google.open().test();
      expect(checks[5]).to.include({ name: 'customer', ok: false });
    });

    it('ends soon when Google does not answer', async () => {
      control().fault({ times: 'always', fault: { kind: 'error', status: 503 } });
      const checks = await google.open().test();
      expect(checks.some(({ ok }) => ok)).to.equal(false);
      expect(control().requests()).to.have.length(2);
    });

    it('marks an empty listing as wrong', async () => {
      control().fault({ match: { operation: 'users.list' }, times: 'always', fault: { kind: 'empty-page' } });
      const checks = await google.open().test();
      expect(checks[4]).to.include({ name: 'listing', ok: false });
    });
  });
});
