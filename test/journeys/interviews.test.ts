import { expect } from 'chai';
import { tellAllReplaced } from '../../src/services/tell-replaced.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const RACES = { embedded: 1_000, scaled: 100 } as const;
const LANES = 10;

describeBothWays('interviews of people who leave', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  /** A process that dies before it tells anybody. */
  let dies = false;
  /** What happens before people are saved. */
  let meanwhile: () => Promise<unknown> = async () => {};
  /** Interviews that were looked at, and doubts that come about before the process dies. */
  let lookedAt = 0;
  let doubtsLeft = Number.POSITIVE_INFINITY;
  beforeEach(async () => {
    dies = false;
    meanwhile = async () => {};
    doubtsLeft = Number.POSITIVE_INFINITY;
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: 20 },
      overrides: {
        around: (deps) => {
          const { users, interviews } = deps.stores;
          const save: typeof users.save = async (...change) => {
            if (dies) throw new Error('killed');
            await meanwhile();
            return users.save(...change);
          };
          const doubt: typeof interviews.doubt = async (...asked) => {
            if (doubtsLeft-- < 1) throw new Error('killed');
            await interviews.doubt(...asked);
          };
          const doubted: typeof interviews.doubted = async (...asked) => {
            const page = await interviews.doubted(...asked);
            lookedAt += page.items.length;
            return page;
          };
          const list: typeof interviews.list = (...asked) => {
            if (asked[0].interviewer === undefined) throw new Error('looked through all interviews');
            return interviews.list(...asked);
          };
          const stores = {
            ...deps.stores,
            users: { ...users, save },
            interviews: { ...interviews, doubt, doubted, list },
          };
          return { ...deps, stores };
        },
      },
    });
    organization = await rollcall.addOrganization();
  });
  afterEach(() => rollcall.stop());

  const report = (id: string, interviewers: readonly string[], version = 1) =>
    rollcall.api.put(`${organization.path}/interviews/${id}`, {
      startsAt: '2199-07-01T09:00:00Z',
      endsAt: '2199-07-01T10:00:00Z',
      status: 'booked',
      interviewers,
      version,
    });
  const act = async (action: string, user: string) =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/${user}/${action}`), 200);
  const read = async (id: string): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${organization.path}/interviews/${id}`), 200);
  const needing = async (): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const query: string = `needs=reschedule&limit=200${next && `&cursor=${encodeURIComponent(next)}`}`;
      const page: Body = expectStatus(await rollcall.api.get(`${organization.path}/interviews?${query}`), 200);
      ids.push(...page.items.map(({ externalId }: Body) => externalId));
      ({ next } = page);
    }
    return ids;
  };

  it(`booked while being deactivated ends flagged, in ${RACES[way.name]} races`, async function () {
    this.timeout(90_000);
    const outcomes = new Map<number, number>();
    const booked: string[] = [];

    async function race(user: string, n: number): Promise<void> {
      const id = `race-${n}`;
      // Whoever is asked first wins more often: both orders are to be seen.
      const [booking] = await (n % 2 === 0
        ? Promise.all([report(id, [user]), act('deactivate', user)])
        : Promise.all([act('deactivate', user), report(id, [user])]).then((both) => both.reverse() as [Body, Body]));
      outcomes.set(booking.status, (outcomes.get(booking.status) ?? 0) + 1);
      if (booking.status === 200) {
        booked.push(id);
        expect(await read(id), id).to.deep.include({ needsReschedule: true, interviewers: [user] });
      } else expect(booking.body.code).to.equal('not_active');
      await act('activate', user);
    }

    async function lane(number: number): Promise<string> {
      const { id } = await organization.addActiveUser(`Racer ${number}`, `racer${number}@example.com`);
      for (let n = number; n < RACES[way.name]; n += LANES) await race(id, n);
      await act('deactivate', id);
      return id;
    }

    const racers = await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    expect([...outcomes.keys()].sort(), 'both ends are seen').to.deep.equal([200, 409]);
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).to.equal(RACES[way.name]);
    expect((await needing()).toSorted()).to.deep.equal(booked.toSorted());
    const counts = await Promise.all(racers.map(async (id) => (await organization.user(id)).interviewsToReschedule));
    expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(booked.length);
  });

  it('it is the same who says that somebody left, and who says that they are back', async () => {
    const scim = await organization.connectScim();
    const created = await scim.post('/Users', { schemas: [USER], userName: 'ada@example.com', active: true });
    const { id } = await organization.userByEmail('ada@example.com');
    expectStatus(await report('i1', [id]), 200);
    const say = (value: boolean) => scim.patch(`/Users/${created.body.id}`, [{ op: 'replace', path: 'active', value }]);
    await say(false);
    expect(await needing()).to.deep.equal(['i1']);
    await say(true);
    expect(await needing()).to.deep.equal([]);
    await scim.delete(`/Users/${created.body.id}`);
    expect((await read('i1')).replace).to.deep.equal([{ id, status: 'deactivated', reason: 'not_active' }]);
  });

  const bookMany = async (many: number, interviewer: string) => {
    for (let n = 0; n < many; n++) expectStatus(await report(`fine-${n}`, [interviewer]), 200);
  };

  it('only those that need it are looked at, however many others there are', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    const bob = await organization.addActiveUser('Bob', 'bob@example.com');
    await bookMany(30, bob.id);
    for (const id of ['i1', 'i2', 'i3']) expectStatus(await report(id, [ada.id, bob.id]), 200);
    await act('deactivate', ada.id);
    lookedAt = 0;
    expect(await needing()).to.deep.equal(['i1', 'i2', 'i3']);
    expect(lookedAt).to.equal(3);
    lookedAt = 0;
    const page = await rollcall.api.get(`${organization.path}/interviews?needs=reschedule&limit=1`);
    expect(page.body).to.include({ total: 3 });
    expect(lookedAt, 'one more, to know whether there is another').to.equal(2);
    await act('activate', ada.id);
    expect(await needing()).to.deep.equal([]);
    lookedAt = 0;
    expect(await needing(), 'those that turned out fine').to.deep.equal([]);
    expect(lookedAt).to.equal(0);
  });

  it('whoever looks at an interview while somebody leaves does not take it off the list', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    meanwhile = needing;
    await act('deactivate', ada.id);
    expect(await needing()).to.deep.equal(['i1']);
  });

  it('is on the list though the process dies right after somebody left', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    doubtsLeft = 1;
    const { status } = await rollcall.api.post(`${organization.path}/users/${ada.id}/deactivate`);
    expect(status).to.equal(500);
    expect(await organization.user(ada.id)).to.include({ status: 'deactivated' });
    expect(await needing()).to.deep.equal(['i1']);
  });

  it('is on the list when somebody changes sides, though they stay active', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    const { id: agencyId } = await organization.addAgency();
    expectStatus(await rollcall.api.put(`${organization.path}/users/${ada.id}/agency`, { agencyId }), 200);
    expect((await read('i1')).replace).to.deep.equal([
      { id: ada.id, name: 'Ada', status: 'active', reason: 'kind_changed' },
    ]);
    expect(await needing()).to.deep.equal(['i1']);
  });

  it('it is the same when a directory says that somebody left', async () => {
    const { primaryEmail } = rollcall.google().control.person(1) as { primaryEmail: string };
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { id } = await organization.userByEmail(primaryEmail);
    expectStatus(await report('i1', [id]), 200);
    rollcall.google().control.mutate({ do: 'suspend', who: 1 });
    await organization.sync();
    expect(await organization.user(id)).to.include({ status: 'deactivated', interviewsToReschedule: 1 });
    expect(await needing()).to.deep.equal(['i1']);
  });

  const historyOf = async (id: string): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/history`), 200).items.filter(
      ({ what }: Body) => what === 'interview',
    );
  const reassigned = async (userId: string) =>
    (await organization.events())
      .filter((event) => event.type === 'interview.reassigned' && event.userId === userId)
      .map(({ changes, by }) => ({ changes, by }));

  it('who takes whose place is in the history of both, and an event for each', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    const bob = await organization.addActiveUser('Bob', 'bob@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    const swap = (from: string, to: string) =>
      rollcall.api.post(
        `${organization.path}/interviews/i1/reassign`,
        { from, to },
        { 'rollcall-actor': 'recruiter-7' },
      );
    const { version } = expectStatus(await swap(ada.id, bob.id), 200);
    expectStatus(await swap(ada.id, bob.id), 200);
    expect((await historyOf(ada.id)).map(({ from, to }) => [from, to])).to.deep.equal([['i1', null]]);
    const [line, ...others] = await historyOf(bob.id);
    expect(others, 'done again, it is told once').to.deep.equal([]);
    expect(line).to.deep.include({ what: 'interview', from: null, to: 'i1', effective: true });
    expect(line.actor).to.deep.include({ onBehalfOf: 'recruiter-7' });
    const [left] = await reassigned(ada.id);
    expect(left?.changes).to.deep.equal({ interview: ['i1', null] });
    expect(left?.by).to.deep.include({ onBehalfOf: 'recruiter-7' });
    expect((await reassigned(bob.id)).map(({ changes }) => changes)).to.deep.equal([{ interview: [null, 'i1'] }]);
    expectStatus(await swap(bob.id, ada.id), 200);
    expect((await historyOf(ada.id)).map(({ from, to }) => [from, to])).to.deep.equal([
      [null, 'i1'],
      ['i1', null],
    ]);
    expect(await read('i1')).to.include({ version: version + 1 });
  });

  it('who takes whose place is told though the process dies before, and once', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    const bob = await organization.addActiveUser('Bob', 'bob@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    dies = true;
    const answer = await rollcall.api.post(`${organization.path}/interviews/i1/reassign`, { from: ada.id, to: bob.id });
    expect(answer.status).to.equal(500);
    dies = false;
    expect(await historyOf(ada.id)).to.deep.equal([]);
    expectStatus(await report('i1', [bob.id], 3), 200);
    const { deps } = rollcall.rollcall;
    await Promise.all([tellAllReplaced(deps), tellAllReplaced(deps)]);
    await tellAllReplaced(deps);
    for (const { id } of [ada, bob]) expect(await historyOf(id)).to.have.lengthOf(1);
    expect(await deps.stores.interviews.untold(10)).to.deep.equal([]);
    expect(await read('i1')).to.include({ version: 3 });
  });

  it('who takes whose place is told once, though it is there and back before anybody can forget it', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    const bob = await organization.addActiveUser('Bob', 'bob@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    dies = true;
    for (const [from, to] of [
      [ada.id, bob.id],
      [bob.id, ada.id],
    ])
      await rollcall.api.post(`${organization.path}/interviews/i1/reassign`, { from, to });
    dies = false;
    const { deps } = rollcall.rollcall;
    const { interviews } = deps.stores;
    const dying = { ...interviews, save: () => Promise.reject(new Error('killed')) };
    await tellAllReplaced({ ...deps, stores: { ...deps.stores, interviews: dying } }).catch(() => undefined);
    await tellAllReplaced(deps);
    const wanted = { [ada.id]: [null, 'i1'], [bob.id]: ['i1', null] };
    for (const { id } of [ada, bob]) {
      const lines = await historyOf(id);
      expect(lines.map(({ from }) => from)).to.deep.equal([wanted[id]?.[0], wanted[id]?.[1]]);
    }
    expect(await interviews.untold(10)).to.deep.equal([]);
  });

  it('whoever takes over, takes the flag away, and leaves it again', async () => {
    const ada = await organization.addActiveUser('Ada', 'ada@example.com');
    const bob = await organization.addActiveUser('Bob', 'bob@example.com');
    expectStatus(await report('i1', [ada.id]), 200);
    await act('terminate', ada.id);
    const reassign = `${organization.path}/interviews/i1/reassign`;
    expectStatus(await rollcall.api.post(reassign, { from: ada.id, to: bob.id }), 200);
    expect(await needing()).to.deep.equal([]);
    expect(await organization.user(ada.id)).to.include({ interviewsToReschedule: 0 });
    await act('deactivate', bob.id);
    expect(await needing()).to.deep.equal(['i1']);
    expect((await rollcall.api.post(reassign, { from: bob.id, to: ada.id })).body.code).to.equal('not_active');
  });
});
