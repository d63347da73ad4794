import { expect } from 'chai';
import type { Interview } from '../../src/core/interview.ts';
import type { InterviewQuery } from '../../src/ports/interview-store.ts';
import { anInterview } from '../fixtures/interviews.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { pages } from './everything-readable.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const JUNE = '2026-06-01T09:00:00.000Z';
const JULY = '2026-07-01T09:00:00.000Z';
const AUGUST = '2026-08-01T09:00:00.000Z';
const [ADA, BOB] = [
  { id: 'ada', kind: 'employee' },
  { id: 'bob', kind: 'agency' },
] as const;

/** What every InterviewStore promises. */
export function interviewStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const interviews = () => test.stores.interviews;
  const query = (more: Partial<InterviewQuery> = {}): InterviewQuery => ({ organizationId: ORGANIZATION, ...more });
  const idsOf = (listed: readonly Interview[]) => listed.map(({ id }) => id);
  const all = (more: Partial<InterviewQuery>, limit = 2) =>
    pages((cursor) => interviews().list(query(more), cursor, limit)).then(idsOf);
  const save = async (...made: readonly Interview[]) => {
    for (const interview of made) await interviews().save(interview, 0);
  };

  it('keeps an interview as it was told, under the host’s id, whatever is in it', async () => {
    const interview = anInterview({ id: 'GH/4711:ü' });
    await save(interview);
    expect(await interviews().get(ORGANIZATION, interview.id)).to.deep.equal(interview);
    expect(await interviews().get(ORGANIZATION, 'gh/4711:ü')).to.equal(null);
    expect(await interviews().get('organization-2', interview.id)).to.equal(null);
  });

  it('saves by compare-and-swap on a version that may skip numbers', async () => {
    const first = anInterview({ version: 7 });
    await refused(interviews().save(first, 6), 'stale');
    await save(first);
    await refused(interviews().save(first, 0), 'stale');
    const next = { ...first, version: 20, status: 'cancelled' as const };
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => interviews().save(next, 7)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await interviews().get(ORGANIZATION, first.id)).to.deep.equal(next);
  });

  it('lists by start, then by id, each once, however short the pages', async () => {
    await save(anInterview({ id: 'b', startsAt: AUGUST }), anInterview({ id: 'c', startsAt: JUNE }));
    await save(anInterview({ id: 'b2', startsAt: JULY }), anInterview({ id: 'a', startsAt: AUGUST }));
    for (const limit of [1, 2, 3, 4]) expect(await all({}, limit)).to.deep.equal(['c', 'b2', 'a', 'b']);
  });

  it('goes on from where a page ended, though others came before it', async () => {
    await save(anInterview({ id: 'a', startsAt: JULY }), anInterview({ id: 'b', startsAt: AUGUST }));
    const { next } = await interviews().list(query(), null, 1);
    await save(anInterview({ id: 'earlier', startsAt: JUNE }), anInterview({ id: 'z', startsAt: JULY }));
    expect(idsOf((await interviews().list(query(), next, 10)).items)).to.deep.equal(['z', 'b']);
  });

  it('refuses a cursor it did not give out', async () => {
    for (const cursor of ['', 'x', JULY, `${JULY} `, '[1,2]'])
      await refused(interviews().list(query(), cursor, 10), 'invalid');
  });

  it('finds those of an interviewer, until they are replaced', async () => {
    const both = anInterview({ id: 'both', startsAt: AUGUST, interviewers: [ADA, BOB] });
    await save(both, anInterview({ id: 'ada', interviewers: [ADA] }), anInterview({ id: 'none', interviewers: [] }));
    expect(await all({ interviewer: ADA.id })).to.deep.equal(['ada', 'both']);
    expect(await all({ interviewer: BOB.id })).to.deep.equal(['both']);
    await interviews().save({ ...both, version: 2, startsAt: JUNE, interviewers: [ADA] }, 1);
    expect(await all({ interviewer: ADA.id })).to.deep.equal(['both', 'ada']);
    expect(await all({ interviewer: BOB.id })).to.deep.equal([]);
    expect(await interviews().count(query({ interviewer: BOB.id }), 10)).to.equal(0);
  });

  it('knows which are ahead: booked, and later than an instant', async () => {
    const booked = anInterview({ id: 'booked', startsAt: AUGUST });
    await save(booked, anInterview({ id: 'now', startsAt: JULY }), anInterview({ id: 'past', startsAt: JUNE }));
    await save(anInterview({ id: 'cancelled', startsAt: AUGUST, status: 'cancelled' }));
    for (const more of [{}, { interviewer: ADA.id }]) {
      expect(await all({ ...more, aheadOf: JULY })).to.deep.equal(['booked']);
      expect(await all({ ...more, aheadOf: JUNE })).to.deep.equal(['now', 'booked']);
      expect(await interviews().count(query({ ...more, aheadOf: JUNE }), 10)).to.equal(2);
    }
    await interviews().save({ ...booked, version: 2, status: 'completed' }, 1);
    expect(await all({ aheadOf: JULY })).to.deep.equal([]);
  });

  it('counts for each of many how many are ahead', async () => {
    await save(anInterview({ startsAt: AUGUST, interviewers: [ADA, BOB] }), anInterview({ startsAt: AUGUST }));
    await save(anInterview({ startsAt: JULY }), anInterview({ startsAt: AUGUST, status: 'cancelled' }));
    const counted = await interviews().countEach(ORGANIZATION, [ADA.id, BOB.id, 'eve'], JULY);
    expect([...counted]).to.deep.equal([
      [ADA.id, 2],
      [BOB.id, 1],
      ['eve', 0],
    ]);
    expect([...(await interviews().countEach(ORGANIZATION, [], JULY))]).to.deep.equal([]);
    expect((await interviews().countEach('organization-2', [ADA.id], JULY)).get(ADA.id)).to.equal(0);
  });

  it('finds those with something that people were not told, until it is forgotten', async () => {
    const replaced = { version: 1, from: ADA.id, to: BOB.id, by: { kind: 'operator', id: null } } as const;
    const [a, b] = [anInterview({ id: 'a', untold: [replaced] }), anInterview({ id: 'b', untold: [replaced] })];
    await save(b, a, anInterview({ id: 'c' }));
    expect(await interviews().untold(10)).to.deep.equal([a, b]);
    expect(await interviews().untold(1)).to.deep.equal([a]);
    const { untold: _told, ...told } = a;
    await interviews().save(told, a.version);
    expect(await interviews().untold(10)).to.deep.equal([b]);
  });

  describe('in doubt', () => {
    const doubted = async (more: Partial<InterviewQuery> = {}, limit = 10) => {
      const { items } = await interviews().doubted(query({ aheadOf: JUNE, ...more }), null, limit);
      return items.map(({ interview }) => interview.id);
    };
    const trustAll = async () =>
      interviews().trust((await interviews().doubted(query({ aheadOf: JUNE }), null, 100)).items);

    it('is what was saved, until it is trusted', async () => {
      const saved = await interviews().save(anInterview({ id: 'a', startsAt: JULY }), 0);
      await save(anInterview({ id: 'off', startsAt: JULY, status: 'cancelled' }));
      await save(anInterview({ id: 'past', startsAt: JUNE }), anInterview({ id: 'b', startsAt: AUGUST }));
      expect(await interviews().doubted(query({ aheadOf: JUNE }), null, 1)).to.deep.include({ items: [saved] });
      expect(await doubted()).to.deep.equal(['a', 'b']);
      await interviews().trust([saved]);
      expect(await doubted()).to.deep.equal(['b']);
      expect(await interviews().countDoubted(query({ aheadOf: JUNE }), 10)).to.equal(1);
      expect(idsOf((await interviews().list(query(), null, 10)).items)).to.include('a');
    });

    it('is what an interviewer has ahead who is doubted', async () => {
      const both = anInterview({ id: 'both', startsAt: AUGUST, interviewers: [ADA, BOB] });
      await save(both, anInterview({ id: 'of-ada', startsAt: JULY, interviewers: [ADA] }));
      await save(anInterview({ id: 'of-bob', startsAt: JULY, interviewers: [BOB] }));
      await save(anInterview({ id: 'past', startsAt: JUNE, interviewers: [ADA] }));
      await trustAll();
      await interviews().doubt(ORGANIZATION, ADA.id, JUNE);
      expect(await doubted()).to.deep.equal(['of-ada', 'both']);
      expect(await doubted({}, 1)).to.deep.equal(['of-ada']);
      expect(await doubted({ interviewer: BOB.id })).to.deep.equal(['both']);
      expect(await interviews().countDoubted(query({ aheadOf: JUNE, interviewer: BOB.id }), 10)).to.equal(1);
      expect(await interviews().countDoubted(query({ aheadOf: JUNE }), 1)).to.equal(1);
    });

    it('stays in doubt when somebody doubts again while another looks', async () => {
      const saved = await interviews().save(anInterview({ startsAt: JULY, interviewers: [ADA] }), 0);
      await interviews().doubt(ORGANIZATION, ADA.id, JUNE);
      await interviews().trust([saved]);
      expect(await doubted()).to.deep.equal([saved.interview.id]);
    });

    it('goes on from where a page ended', async () => {
      await save(anInterview({ id: 'a', startsAt: JULY }), anInterview({ id: 'b', startsAt: AUGUST }));
      const { next } = await interviews().doubted(query({ aheadOf: JUNE }), null, 1);
      const rest = await interviews().doubted(query({ aheadOf: JUNE }), next, 1);
      expect(rest.items.map(({ interview }) => interview.id)).to.deep.equal(['b']);
      expect(rest.next).to.equal(null);
      await refused(interviews().doubted(query({ aheadOf: JUNE }), 'x', 1), 'invalid');
    });
  });

  it('starts a page no earlier than what is ahead by now', async () => {
    await save(anInterview({ id: 'a', startsAt: JUNE }), anInterview({ id: 'b', startsAt: JULY }));
    await save(anInterview({ id: 'c', startsAt: AUGUST }));
    const { next } = await interviews().list(query(), null, 1);
    expect(idsOf((await interviews().list(query({ aheadOf: JULY }), next, 10)).items)).to.deep.equal(['c']);
  });

  it('counts no further than it was asked to', async () => {
    await save(...['a', 'b', 'c'].map((id) => anInterview({ id })));
    expect(await interviews().count(query(), 10)).to.equal(3);
    expect(await interviews().count(query(), 2)).to.equal(2);
    expect(await interviews().count(query({ organizationId: 'organization-2' }), 10)).to.equal(0);
  });
}
