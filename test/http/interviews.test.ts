import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const NOW = Date.parse('2026-06-01T00:00:00Z');
const JULY = { startsAt: '2026-07-01T09:00:00.000Z', endsAt: '2026-07-01T10:00:00.000Z' };
const ID = 'GH-4711';

describeBothWays('Interviews that the host reports', (way) => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  let now = NOW;
  let ada = '';
  let bob = '';
  let eve = '';

  before(async () => {
    rollcall = await startDescribed({ env: way.env(), overrides: { clock: { now: () => now } } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    now = NOW;
    organization = await rollcall.addOrganization();
    path = `${organization.path}/interviews`;
    const names = ['Ada', 'Bob', 'Eve'];
    const added = await Promise.all(names.map((name) => organization.addActiveUser(name, `${name}@example.com`)));
    [ada = '', bob = '', eve = ''] = added.map((user) => String(user.id));
  });

  const aReport = (more: object = {}) => ({ ...JULY, status: 'booked', interviewers: [ada], version: 1, ...more });
  const put = (id: string, more: object = {}, headers = {}) =>
    rollcall.api.put(`${path}/${id}`, aReport(more), headers);
  const book = async (id: string, more: object = {}) => expectStatus(await put(id, more), 200);
  const read = async (id = ID): Promise<Body> => expectStatus(await rollcall.api.get(`${path}/${id}`), 200);
  const list = async (query = ''): Promise<Body> => expectStatus(await rollcall.api.get(`${path}${query}`), 200);
  const idsOf = ({ items }: Body) => items.map(({ externalId }: Body) => externalId);
  const needing = async (more = '') => idsOf(await list(`?needs=reschedule${more}`));
  const reassign = (body: object, id = ID, headers = {}) => rollcall.api.post(`${path}/${id}/reassign`, body, headers);
  const act = async (action: string, user = ada) =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/${user}/${action}`), 200);

  describe('reporting', () => {
    it('takes an interview down under the host’s id, its times in UTC', async () => {
      const { status, body, headers } = await put(ID, {
        startsAt: '2026-07-01T11:00:00+02:00',
        interviewers: [ada, bob],
      });
      expect(status).to.equal(200);
      expect(body).to.deep.equal({
        externalId: ID,
        ...JULY,
        status: 'booked',
        interviewers: [ada, bob],
        needsReschedule: false,
        replace: [],
        version: 1,
        createdAt: '2026-06-01T00:00:00.000Z',
        updatedAt: '2026-06-01T00:00:00.000Z',
      });
      expect(headers.etag).to.equal('"1"');
      expect(await read()).to.deep.equal(body);
    });

    it('a later version changes it, though numbers are left out between', async () => {
      await book(ID);
      now += 60_000;
      const body = await book(ID, { version: 40, status: 'cancelled', interviewers: [bob] });
      expect(body).to.include({ version: 40, status: 'cancelled' });
      expect(body.updatedAt > body.createdAt).to.equal(true);
      expect(await read()).to.deep.equal(body);
    });

    it('a stale version is refused with 409, and says which is known', async () => {
      const known = await book(ID, { version: 5 });
      for (const stale of [{ version: 4 }, { version: 5, status: 'cancelled' }, { version: 5, interviewers: [bob] }]) {
        const { status, body } = await put(ID, stale);
        expect({ status, code: body.code, version: body.version }).to.deep.equal({
          status: 409,
          code: 'stale',
          version: 5,
        });
      }
      expect(await read()).to.deep.equal(known);
    });

    it('the same again is 200 and writes nothing, whoever has left meanwhile', async () => {
      await book(ID);
      await act('deactivate');
      const before = await read();
      now += 60_000;
      expect((await put(ID)).body).to.deep.equal(before);
    });

    it('of many who report at once the latest version stays', async () => {
      const versions = Array.from({ length: 20 }, (_, n) => n + 1);
      const outcomes = await Promise.all(versions.map((version) => put(ID, { version, interviewers: [ada, bob] })));
      for (const { status } of outcomes) expect(status).to.be.oneOf([200, 409]);
      expect(await read()).to.include({ version: 20 });
    });

    it('adding somebody not active is refused with 409 not_active, and says who', async () => {
      await act('deactivate', bob);
      const added = await organization.addUser('Zoe', 'zoe@example.com');
      const { status, body } = await put(ID, { interviewers: [ada, bob, added.id] });
      expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'not_active' });
      expect(body.users).to.have.deep.members([
        { id: bob, name: 'Bob', status: 'deactivated' },
        { id: added.id, name: 'Zoe', status: 'unprovisioned' },
      ]);
      expect((await rollcall.api.get(`${path}/${ID}`)).status).to.equal(404);
    });

    it('whoever was in it before may stay, though they left; whoever is added may not have', async () => {
      await book(ID);
      await act('deactivate');
      await act('deactivate', bob);
      expect(await book(ID, { version: 2, interviewers: [ada, eve] })).to.include({ needsReschedule: true });
      expect((await put(ID, { version: 3, interviewers: [ada, bob] })).body.code).to.equal('not_active');
      expect((await read()).interviewers).to.deep.equal([ada, eve]);
      await book(ID, { version: 3, interviewers: [eve] });
      expect((await put(ID, { version: 4, interviewers: [ada, eve] })).body.code).to.equal('not_active');
    });

    it('somebody nobody knows is refused by their place', async () => {
      const { status, body } = await put(ID, { interviewers: [ada, 'nobody'] });
      expect(status).to.equal(400);
      expect(body.errors).to.deep.equal([{ path: 'interviewers.1', message: 'is not known here' }]);
    });

    const MISTAKES: readonly (readonly [string, object, string])[] = [
      ['an end before the start', { endsAt: JULY.startsAt }, 'endsAt'],
      ['a time without an offset', { startsAt: '2026-07-01T09:00:00' }, 'startsAt'],
      ['a time before year 0', { startsAt: '0000-01-01T00:00:00+01:00' }, 'startsAt'],
      ['a status there is not', { status: 'maybe' }, 'status'],
      ['somebody twice', { interviewers: ['a', 'a'] }, 'interviewers'],
      ['a crowd', { interviewers: Array.from({ length: 51 }, (_, n) => `${n}`) }, 'interviewers'],
      ['no version', { version: undefined }, 'version'],
      ['version 0', { version: 0 }, 'version'],
      ['a version that leaves no room', { version: Number.MAX_SAFE_INTEGER }, 'version'],
      ['a member nobody knows', { room: 7 }, 'room'],
    ];
    for (const [what, more, at] of MISTAKES)
      it(`refuses ${what} with 400 at ${at}`, async () => {
        const { status, body } = await put(ID, more);
        expect(status).to.equal(400);
        expect(body.errors[0].path).to.equal(at);
      });

    for (const id of ['x'.repeat(129), 'a%0Ab'])
      it(`refuses an id such as ${id.slice(0, 5)}`, async () => expect((await put(id)).status).to.equal(400));

    it('takes any other id, whatever its letters', async () => {
      await book('%C3%BC%2F4%20%25');
      expect(idsOf(await list())).to.deep.equal(['ü/4 %']);
      expect(await read('%C3%BC%2F4%20%25')).to.include({ externalId: 'ü/4 %' });
    });

    it('heeds If-Match with 412', async () => {
      await book(ID, { version: 3 });
      expect((await put(ID, { version: 9 }, { 'if-match': '"2"' })).status).to.equal(412);
      expect((await put('new', {}, { 'if-match': '"1"' })).status).to.equal(412);
      expect((await put(ID, { version: 9 }, { 'if-match': '"3"' })).status).to.equal(200);
    });
  });

  describe('to reschedule', () => {
    it('a future booked interview of somebody who is not active shows who needs replacing', async () => {
      await book(ID, { interviewers: [ada, bob] });
      await act('terminate');
      const body = await read();
      expect(body).to.deep.include({
        needsReschedule: true,
        replace: [{ id: ada, name: 'Ada', status: 'terminated', reason: 'not_active' }],
        interviewers: [ada, bob],
        version: 1,
      });
      expect((await list('?needs=reschedule')).items).to.deep.equal([body]);
      expect((await list()).items).to.deep.equal([body]);
    });

    it('coming back before the start clears the flag', async () => {
      await book(ID);
      await act('deactivate');
      expect(await needing()).to.deep.equal([ID]);
      await act('activate');
      expect(await read()).to.deep.include({ needsReschedule: false, replace: [] });
      expect(await needing()).to.deep.equal([]);
    });

    it('the start clears the flag', async () => {
      await book(ID);
      await act('deactivate');
      now = Date.parse(JULY.startsAt) - 1;
      expect(await needing()).to.deep.equal([ID]);
      now += 1;
      expect(await needing()).to.deep.equal([]);
      expect(await read()).to.include({ needsReschedule: false });
    });

    for (const status of ['cancelled', 'completed'])
      it(`being ${status} clears the flag`, async () => {
        await book(ID);
        await act('deactivate');
        expect(await book(ID, { version: 2, status })).to.deep.include({ needsReschedule: false, replace: [] });
        expect(await needing()).to.deep.equal([]);
        expect(idsOf(await list())).to.deep.equal([ID]);
      });

    it('needs and interviewer are joined by and', async () => {
      await book('of-both', { interviewers: [ada, bob] });
      await book('of-bob', { interviewers: [bob] });
      await book('of-ada');
      await act('deactivate');
      expect(await needing(`&interviewer=${bob}`)).to.deep.equal(['of-both']);
      expect(await needing(`&interviewer=${ada}`)).to.deep.equal(['of-ada', 'of-both']);
      expect(await needing(`&interviewer=${eve}`)).to.deep.equal([]);
      expect(idsOf(await list(`?interviewer=${bob}`))).to.deep.equal(['of-bob', 'of-both']);
    });

    it('whoever is not active shows how many, and whoever is active does not', async () => {
      await Promise.all(['a', 'b', 'c'].map((id) => book(id)));
      await book('off', { status: 'cancelled' });
      await book('past', { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T01:00:00Z' });
      expect(await organization.user(ada)).not.to.have.property('interviewsToReschedule');
      expect(await act('deactivate')).to.include({ interviewsToReschedule: 3 });
      const user = await organization.user(ada);
      expect(user).to.include({ interviewsToReschedule: 3 });
      const away = await rollcall.api.get(`${organization.path}/users?status=deactivated`);
      expect(expectStatus(away, 200).items).to.deep.equal([user]);
      const explained = await rollcall.api.get(`${organization.path}/users/${ada}/explain`);
      expect(expectStatus(explained, 200).user).to.deep.equal(user);
      now = Date.parse(JULY.startsAt);
      expect(await organization.user(ada)).to.include({ interviewsToReschedule: 0 });
      expect(await act('activate')).not.to.have.property('interviewsToReschedule');
    });

    it('a preview of leaving counts them and names the earliest 100, and writes nothing', async () => {
      const day = (n: number) => ({ startsAt: new Date(NOW + (n + 1) * 86_400_000).toISOString() });
      const ids = Array.from({ length: 103 }, (_, n) => `i${n}`);
      const late = { endsAt: '2027-01-01T00:00:00Z' };
      await Promise.all(ids.map((id, n) => book(id, { ...day(n), ...late })));
      await book('off', { status: 'cancelled' });
      const preview = async (action: string) => (await act(`${action}?preview=true`)).effects.interviewsToReschedule;
      for (const action of ['deactivate', 'terminate'])
        expect(await preview(action), action).to.deep.equal({ count: 103, first100: ids.slice(0, 100) });
      expect(await preview('activate')).to.deep.equal({ count: 0, first100: [] });
      expect(await needing()).to.deep.equal([]);
      expect(await act('deactivate')).to.include({ interviewsToReschedule: 103 });
      expect(await preview('terminate'), 'they are so already').to.deep.equal({ count: 0, first100: [] });
    });

    it('pages by start, each once, with their number', async () => {
      const month = (n: number) => ({ startsAt: `2026-${10 + (n % 3)}-01T00:00:00Z`, endsAt: '2027-01-01T00:00:00Z' });
      for (let n = 0; n < 7; n++) await book(`i${n}`, { ...month(n), interviewers: n === 4 ? [bob] : [ada] });
      await act('deactivate');
      const all = ['i0', 'i3', 'i6', 'i1', 'i2', 'i5'];
      for (const query of ['?needs=reschedule', `?interviewer=${ada}`, `?needs=reschedule&interviewer=${ada}`]) {
        const seen: string[] = [];
        for (let next: string | null = ''; next !== null; ) {
          const page: Body = await list(`${query}&limit=2${next && `&cursor=${encodeURIComponent(next)}`}`);
          expect(page.items.length).to.be.within(1, 2);
          expect(page.total).to.equal(6);
          seen.push(...idsOf(page));
          ({ next } = page);
        }
        expect(seen, query).to.deep.equal(all);
      }
      expect((await list()).total).to.equal(7);
    });

    for (const query of [
      'needs=nothing',
      'needs=',
      'interviewer=',
      'limit=0',
      'cursor=x',
      'status=booked',
      'needs=reschedule&needs=reschedule',
    ])
      it(`refuses ?${query} with 400`, async () => {
        expect((await rollcall.api.get(`${path}?${query}`)).status).to.equal(400);
      });
  });

  describe('reassigning', () => {
    beforeEach(async () => {
      await book(ID, { version: 7, interviewers: [ada, bob] });
      await act('deactivate');
    });

    const refusal = async (body: object) => {
      const before = await read();
      const answer = await reassign(body);
      expect(await read()).to.deep.equal(before);
      return { status: answer.status, code: answer.body.code, path: answer.body.errors?.[0].path };
    };

    it('puts an active user in the place of one who left, under the next version', async () => {
      const { status, body, headers } = await reassign({ from: ada, to: eve });
      expect(status).to.equal(200);
      expect(body).to.deep.include({ interviewers: [eve, bob], version: 8, needsReschedule: false });
      expect(headers.etag).to.equal('"8"');
      expect(await needing()).to.deep.equal([]);
      expect(idsOf(await list(`?interviewer=${eve}`))).to.deep.equal([ID]);
      expect(idsOf(await list(`?interviewer=${ada}`))).to.deep.equal([]);
    });

    it('done again, writes nothing', async () => {
      const { body } = await reassign({ from: ada, to: eve });
      expect((await reassign({ from: ada, to: eve })).body).to.deep.equal(body);
    });

    it('a host that has not heard of it is told with 409', async () => {
      await reassign({ from: ada, to: eve });
      expect((await put(ID, { version: 8, interviewers: [ada, bob] })).body).to.include({ code: 'stale', version: 8 });
      expect(await book(ID, { version: 9, interviewers: [eve] })).to.include({ version: 9 });
    });

    it('refuses whoever is not active', async () => {
      await act('deactivate', eve);
      expect(await refusal({ from: ada, to: eve })).to.include({ status: 409, code: 'not_active' });
    });

    it('refuses whoever is in it already, is the same, or is not known', async () => {
      for (const to of [bob, ada, 'nobody'])
        expect(await refusal({ from: ada, to })).to.deep.equal({ status: 400, code: 'invalid', path: 'to' });
    });

    it('refuses to replace whoever is not in it', async () => {
      const zoe = await organization.addActiveUser('Zoe', 'zoe@example.com');
      expect(await refusal({ from: eve, to: zoe.id })).to.deep.equal({ status: 400, code: 'invalid', path: 'from' });
    });

    it('refuses an interview that has begun, or is off', async () => {
      now = Date.parse(JULY.startsAt);
      expect(await refusal({ from: ada, to: eve })).to.include({ status: 409, code: 'interview_over' });
      now = NOW;
      await book(ID, { version: 8, status: 'cancelled', interviewers: [ada, bob] });
      expect(await refusal({ from: ada, to: eve })).to.include({ status: 409, code: 'interview_over' });
    });

    it('heeds If-Match with 412, and knows what is not there', async () => {
      expect((await reassign({ from: ada, to: eve }, ID, { 'if-match': '"6"' })).status).to.equal(412);
      expect((await reassign({ from: ada, to: eve }, 'other')).status).to.equal(404);
      expect((await reassign({ from: ada, to: eve }, ID, { 'if-match': '"7"' })).status).to.equal(200);
    });

    it('of two at once one wins, and the other is told', async () => {
      const zoe = await organization.addActiveUser('Zoe', 'zoe@example.com');
      const answers = await Promise.all([eve, zoe.id].map((to) => reassign({ from: ada, to })));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
      expect(await read()).to.include({ version: 8 });
    });
  });
});
