import { expect } from 'chai';
import type { DirectoryCheck } from '../../../src/ports/directory.ts';
import { ROLES } from '../../simulators/graph/token-api.ts';
import { errorOf } from '../google/harness.ts';
import { type Harness, idsOf, keysOf, openHarness, readAll } from './harness.ts';

const PEOPLE = 1_000;
const DAY = 86_400_000;

describe('the Microsoft directory', () => {
  let microsoft: Harness;
  before(async () => {
    microsoft = await openHarness(PEOPLE);
  });
  afterEach(() => microsoft.reset());
  after(() => microsoft.close());
  const control = () => microsoft.simulator.control;
  const idAt = (index: number) => String(control().person(index)?.id);
  const checkpoint = async () => String((await readAll(microsoft.open())).checkpoint);

  it('lists everybody once, with one token, and ends with a checkpoint', async () => {
    const { people, failed, removed, pages, checkpoint: end } = await readAll(microsoft.open());
    expect(keysOf(people)).to.deep.equal(idsOf(microsoft.simulator).toSorted());
    expect([failed, removed]).to.deep.equal([[], []]);
    expect(pages).to.equal(5);
    expect(end).to.match(/^\/users\/delta\?\$deltatoken=/);
    expect(control().stats().calls).to.include({ token: 1, 'users.delta': 5 });
  });

  it('signs in by certificate just as well', async () => {
    const { certificate } = microsoft.simulator.application;
    const directory = microsoft.open({ credentials: { clientSecret: null, certificate } });
    expect((await directory.readPage(null)).people.length).to.be.above(0);
    control().revokeTokens();
    expect(await directory.find(idAt(1))).to.have.nested.property('person.externalId', idAt(1));
  });

  it('shows people as the directory has them', async () => {
    const { people } = await readAll(microsoft.open());
    const truth = new Map([...control().everybody()].map((user) => [user.id, user]));
    for (const person of people) {
      const user = truth.get(person.externalId);
      expect(person.email).to.equal(user?.mail ?? user?.userPrincipalName);
      expect(person.activity).to.equal(user?.accountEnabled ? 'active' : 'inactive');
      expect(person.kind).to.equal(user?.userType === 'Guest' ? 'guest' : 'member');
      expect(person.title).to.equal(user?.jobTitle);
    }
    expect(people.filter(({ activity }) => activity === 'inactive')).to.have.length.within(20, 80);
    expect(new Set(people.map(({ hash }) => hash)).size).to.equal(PEOPLE);
  });

  it('hashes an unchanged directory to the same, and a changed person differently', async () => {
    const before = await readAll(microsoft.open());
    control().mutate({ do: 'rename', who: 4, givenName: 'Ada', surname: 'Byron' });
    const [known, after] = [new Set(before.people.map(({ hash }) => hash)), await readAll(microsoft.open())];
    expect(keysOf(after.people.filter(({ hash }) => !known.has(hash)))).to.deep.equal([idAt(4)]);
  });

  it('leaves guests and, when told, unlicensed people out, and says so', async () => {
    const { people, leftOut } = await readAll(microsoft.open({ people: { includeGuests: false, onlyLicensed: true } }));
    const all = [...control().everybody()];
    const guests = all.filter(({ userType }) => userType === 'Guest').map(({ id }) => id);
    const taken = all.filter(
      ({ userType, assignedLicenses }) => userType !== 'Guest' && (assignedLicenses as []).length > 0,
    );
    expect(keysOf(people)).to.deep.equal(taken.map(({ id }) => id).toSorted());
    expect(keysOf(leftOut.filter(({ code }) => code === 'guest').map(({ person }) => person))).to.deep.equal(
      guests.toSorted(),
    );
    expect(people.length + leftOut.length).to.equal(PEOPLE);
  });

  describe('reads what changed since a checkpoint', () => {
    it('and only that, with whole records', async () => {
      const from = await checkpoint();
      control().mutate({ do: 'disable', who: 5 }, { do: 'set', who: 6, fields: { jobTitle: 'Chief' } }, { do: 'add' });
      const { people, removed, checkpoint: next } = await readAll(microsoft.open(), from);
      expect(keysOf(people)).to.deep.equal([idAt(5), idAt(6), idAt(PEOPLE)].toSorted());
      expect(people.find(({ externalId }) => externalId === idAt(6))).to.include({ title: 'Chief' });
      expect(removed).to.deep.equal([]);
      expect((await readAll(microsoft.open(), next)).people).to.deep.equal([]);
    });

    it('with those who left for the bin or for good, and those who came back', async () => {
      const from = await checkpoint();
      const [binned, purged, back] = [idAt(7), idAt(8), idAt(9)];
      control().mutate({ do: 'delete', who: 7 }, { do: 'purge', who: 8 }, { do: 'delete', who: 9 });
      const { people, removed, checkpoint: next } = await readAll(microsoft.open(), from);
      expect(removed.toSorted()).to.deep.equal([binned, purged, back].toSorted());
      expect(people).to.deep.equal([]);
      control().mutate({ do: 'restore', who: 9 });
      expect(keysOf((await readAll(microsoft.open(), next)).people)).to.deep.equal([back]);
    });

    it('over many pages', async () => {
      const from = await checkpoint();
      control().mutate({ do: 'disable', who: { from: 0, to: 450 } });
      const { people, pages } = await readAll(microsoft.open(), from);
      expect([people.length, pages]).to.deep.equal([450, 3]);
    });

    it('until the checkpoint is too old: then everybody must be listed anew', async () => {
      const from = await checkpoint();
      control().advance(7 * DAY + 1);
      expect(await errorOf(microsoft.open().readPage(from))).to.include({ name: 'MicrosoftError', failure: 'reset' });
    });

    for (const as of ['syncStateNotFound', 'resyncRequired', 'gone-with-location'] as const)
      it(`until the tenant forgets it (${as}), and follows no Location`, async () => {
        const from = await checkpoint();
        control().fault({
          match: { operation: 'users.delta' },
          times: 'always',
          fault: { kind: 'lost-sync-state', as },
        });
        const calls = control().requests().length;
        expect(await errorOf(microsoft.open().readPage(from))).to.include({ failure: 'reset' });
        expect(control().requests().length - calls, 'a token and one call').to.equal(2);
      });
  });

  it('goes on where a listing was left, also after its token ran out', async () => {
    const first = await microsoft.open().readPage(null);
    control().advance(2 * DAY);
    const second = await microsoft.open().readPage(first.next);
    expect(keysOf(second.people)[0]).to.equal(idAt(200));
  });

  it('lists everybody without a checkpoint where there is no delta', async () => {
    control().fault({ match: { operation: 'users.delta' }, times: 'always', fault: { kind: 'no-delta' } });
    const { people, pages, checkpoint: end } = await readAll(microsoft.open());
    expect(keysOf(people)).to.deep.equal(idsOf(microsoft.simulator).toSorted());
    expect([pages, end]).to.deep.equal([2, null]);
    expect(control().stats().calls).to.include({ 'users.list': 2, batch: 0 });
  });

  it('replaces a token that was revoked in mid-run, once and without a failure', async () => {
    const directory = microsoft.open();
    const { next } = await directory.readPage(null);
    control().revokeTokens();
    expect((await directory.readPage(next)).people).to.have.length(200);
    expect(control().stats().calls).to.include({ token: 2 });
    expect(microsoft.waits).to.deep.equal([]);
  });

  it('takes one token for many first calls, and a new one five minutes before it ends', async () => {
    const directory = microsoft.open();
    await Promise.all(Array.from({ length: 10 }, (_, index) => directory.find(idAt(index))));
    expect(control().stats().calls).to.include({ token: 1, 'users.get': 10 });
    control().advance(55 * 60_000);
    await directory.find(idAt(0));
    expect(control().stats().calls).to.include({ token: 2 });
  });

  it('finds a person by key as the listing shows them', async () => {
    const { people } = await microsoft.open().readPage(null);
    const answer = await microsoft.open().find(idAt(8));
    if (answer === 'gone') throw new Error('they are there');
    const { unsaid: _, hash: __, ...found } = answer.person;
    expect(people.find(({ externalId }) => externalId === idAt(8))).to.deep.include(found);
  });

  it('says gone of somebody in the bin, of somebody deleted for good, and of a key never given out', async () => {
    const directory = microsoft.open();
    const [binned, purged] = [idAt(20), idAt(21)];
    control().mutate({ do: 'delete', who: 20 }, { do: 'purge', who: 21 });
    for (const id of [binned, purged, '00000000-0000-4000-8000-ffffffffffff'])
      expect(await directory.find(id)).to.equal('gone');
    expect(control().stats().calls).to.include({ 'deleted.get': 3, 'users.get': 5 });
    control().mutate({ do: 'restore', who: binned });
    expect(await directory.find(binned)).to.have.nested.property('person.externalId', binned);
  });

  it('does not take somebody for gone whom one replica has not heard of', async () => {
    control().fault({ match: { operation: 'users.get' }, fault: { kind: 'error', status: 404 } });
    expect(await microsoft.open().find(idAt(22))).to.have.nested.property('person.externalId', idAt(22));
  });

  it('names its tenant, also with the one permission it needs', async () => {
    const { tenantId } = microsoft.credentials;
    expect(await microsoft.open().tenant()).to.equal(tenantId);
    control().consent([ROLES.users]);
    control().revokeTokens();
    expect(await microsoft.open().tenant()).to.equal(tenantId);
    expect((await microsoft.open().readPage(null)).people[0]?.tenant).to.equal(tenantId);
  });

  describe('test()', () => {
    const summary = (checks: readonly DirectoryCheck[]) => checks.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'bad'}`);

    it('finds everything in order', async () => {
      const checks = await microsoft.open().test();
      expect(checks.map(({ ok }) => ok)).to.deep.equal(Array(4).fill(true));
      expect(checks.at(-1)?.message).to.include('Simulated Tenant');
    });

    it('says when the certificate expires, and warns in time', async () => {
      const { certificate } = microsoft.simulator.application;
      const credentials = { clientSecret: null, certificate };
      const [token] = await microsoft.open({ credentials }).test();
      expect(token?.message).to.match(/expires on \d{4}-\d\d-\d\d\.$/);
      control().advance(160 * DAY);
      expect((await microsoft.open({ credentials }).test())[0]?.message).to.include('Replace it soon');
    });

    it('does without the organization permission, and says so', async () => {
      control().consent([ROLES.users]);
      const checks = await microsoft.open().test();
      expect(checks.map(({ ok }) => ok)).to.deep.equal(Array(4).fill(true));
      expect(checks.at(-1)?.message).to.include(ROLES.organization);
    });

    it('does not trust a token from before the consent was withdrawn', async () => {
      const directory = microsoft.open();
      await directory.readPage(null);
      control().consent([]);
      const checks = await directory.test();
      expect(summary(checks)).to.deep.equal(['token ok', 'permission bad', 'listing bad', 'organization bad']);
      expect(checks[1]?.message).to.include(ROLES.users).and.to.include('admin consent');
    });

    it('points at an expired secret, and at nothing after it', async () => {
      control().expireSecret();
      const checks = await microsoft.open().test();
      expect(summary(checks)).to.deep.equal(['token bad', 'permission bad', 'listing bad', 'organization bad']);
      expect(checks[0]?.message).to.include('has expired');
    });

    it('notices another tenant than the one connected', async () => {
      const fault = { kind: 'other-tenant', tenantId: '00000000-0000-4000-8000-00000000f0e1' } as const;
      control().fault({ match: { operation: 'organization' }, fault });
      expect((await microsoft.open().test()).at(-1)).to.include({ name: 'organization', ok: false });
    });

    it('ends soon when Microsoft does not answer', async () => {
      control().fault({ times: 'always', fault: { kind: 'error', status: 503 } });
      expect((await microsoft.open().test()).some(({ ok }) => ok)).to.equal(false);
      expect(control().requests()).to.have.length(2);
    });

    it('marks an empty listing as wrong', async () => {
      control().fault({ match: { operation: 'users.list' }, times: 'always', fault: { kind: 'empty-page' } });
      expect((await microsoft.open().test())[2]).to.include({ name: 'listing', ok: false });
    });
  });
});
