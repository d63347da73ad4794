import { randomUUID } from 'node:crypto';
import { stale } from '../../core/errors.ts';
import { type Interview, type InterviewStatus, placeOf } from '../../core/interview.ts';
import type { InterviewQuery, InterviewStore } from '../../ports/interview-store.ts';
import { pageOfInterviews, startOf } from '../interview-places.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import type { Collection, Filter } from './driver.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { nullIfDuplicate } from './swap-row.ts';
import { certainly, insistently } from './unknown-results.ts';

export interface InterviewRow {
  /** Organization and id. */
  readonly _id: string;
  readonly organization: string;
  /** Start and id. */
  readonly place: string;
  readonly status: InterviewStatus;
  readonly interviewers: readonly string[];
  readonly version: number;
  readonly document: Interview;
  readonly writeId: string;
  /** Absent: nobody has to be replaced in it. */
  readonly doubt?: string;
}

/** By start, and by each interviewer and start. */
export const INTERVIEW_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.interviews,
    indexes: [
      { name: 'interviews_place', key: { organization: 1, place: 1 } },
      { name: 'interviews_status', key: { organization: 1, status: 1, place: 1 } },
      { name: 'interviews_interviewer', key: { organization: 1, interviewers: 1, place: 1 } },
    ],
  },
];

/** Those that somebody may have to be replaced in. */
export const DOUBTED_INTERVIEWS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.interviews,
    indexes: [
      {
        name: 'interviews_doubt',
        key: { organization: 1, place: 1 },
        partialFilterExpression: { doubt: { $exists: true } },
      },
    ],
  },
];

/** Those with something that people were not told. */
export const UNTOLD_INTERVIEWS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.interviews,
    indexes: [
      { name: 'interviews_untold', key: { _id: 1 }, partialFilterExpression: { 'document.untold': { $exists: true } } },
    ],
  },
];

/** Interviews in MongoDB. */
export function createInterviewStore(database: Database): InterviewStore {
  const rows = database.collection<InterviewRow>(COLLECTION.interviews);

  async function attempt(row: InterviewRow, former: number): Promise<true | null> {
    if (former === 0) return rows.insertOne(row).then(() => true, nullIfDuplicate);
    const { matchedCount } = await rows.replaceOne({ _id: row._id, version: former }, row);
    return matchedCount === 1 ? true : null;
  }

  return {
    async get(organization, id) {
      const row = await rows.findOne({ _id: keyOf(organization, id) });
      return row ? interviewOf(row) : null;
    },
    async save(interview, former) {
      const row = interviewRow(interview);
      const { _id, writeId } = row;
      const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
      if ((await certainly<true>({ attempt: () => attempt(row, former), recall })) === null)
        throw stale('this interview');
      return { interview, doubt: row.doubt ?? writeId };
    },
    ...createDoubts(rows),
    async list(query, cursor, limit) {
      const options = { sort: { place: 1 }, limit: limit + 1, batchSize: limit + 2 } as const;
      const found = await rows.find(filterOf(query, startOf(query, cursor)), options).toArray();
      return pageOfInterviews(found.map(interviewOf), limit);
    },
    async countEach(organizationId, interviewers, aheadOf) {
      const query = { organizationId, aheadOf };
      const among = { interviewers: { $in: [...interviewers] } };
      const counted = await rows
        .aggregate<{ readonly _id: string; readonly total: number }>([
          { $match: { ...filterOf(query, startOf(query, null)), ...among } },
          { $project: { interviewers: 1 } },
          { $unwind: '$interviewers' },
          { $match: among },
          { $group: { _id: '$interviewers', total: { $sum: 1 } } },
        ])
        .toArray();
      const totals = new Map(counted.map(({ _id, total }) => [_id, total]));
      return new Map(interviewers.map((id) => [id, totals.get(id) ?? 0]));
    },
    async untold(limit) {
      const query = { 'document.untold': { $exists: true } } as Filter<InterviewRow>;
      const found = rows.find(query, { sort: { _id: 1 }, hint: 'interviews_untold', limit });
      return (await found.toArray()).map(interviewOf);
    },
    count: (query, most) => rows.countDocuments(filterOf(query, startOf(query, null)), { limit: most }),
  };
}

/** Those booked before anybody could doubt them are in doubt: nobody has looked at them. */
export async function doubtBooked(database: Database): Promise<void> {
  const rows = database.collection<InterviewRow>(COLLECTION.interviews);
  const query = { status: 'booked', doubt: { $exists: false } } as Filter<InterviewRow>;
  await insistently(() => rows.updateMany(query, { $set: { doubt: 'unseen' } }));
}

type Doubts = Pick<InterviewStore, 'doubt' | 'trust' | 'doubted' | 'countDoubted'>;

function createDoubts(rows: Collection<InterviewRow>): Doubts {
  const filter = (query: InterviewQuery, cursor: string | null) => ({
    ...filterOf(query, startOf(query, cursor)),
    doubt: { $exists: true },
  });
  const hintFor = ({ interviewer }: InterviewQuery) =>
    interviewer === undefined ? 'interviews_doubt' : 'interviews_interviewer';
  return {
    async doubt(organizationId, interviewer, aheadOf) {
      const query = { organizationId, interviewer, aheadOf };
      const doubt = randomUUID();
      await insistently(() => rows.updateMany(filterOf(query, startOf(query, null)), { $set: { doubt } }));
    },
    async trust(doubted) {
      const operations = doubted.map(({ interview: { organizationId, id }, doubt }) => ({
        updateOne: { filter: { _id: keyOf(organizationId, id), doubt }, update: { $unset: { doubt: '' as const } } },
      }));
      if (operations.length > 0) await insistently(() => rows.bulkWrite(operations, { ordered: false }));
    },
    async doubted(query, cursor, limit) {
      const options = { sort: { place: 1 }, limit: limit + 1, batchSize: limit + 2, hint: hintFor(query) } as const;
      const found = await rows.find(filter(query, cursor), options).toArray();
      const { items, next } = pageOfInterviews(found.map(interviewOf), limit);
      return { items: items.map((interview, index) => ({ interview, doubt: found[index]?.doubt ?? '' })), next };
    },
    countDoubted: (query, most) => rows.countDocuments(filter(query, null), { limit: most, hint: hintFor(query) }),
  };
}

function filterOf({ organizationId, interviewer, aheadOf }: InterviewQuery, after: string): Filter<InterviewRow> {
  return {
    organization: organizationId,
    ...(interviewer === undefined ? {} : { interviewers: interviewer }),
    ...(aheadOf === undefined ? {} : { status: 'booked' }),
    place: { $gt: after },
  };
}

export function interviewRow(document: Interview): InterviewRow {
  const { organizationId: organization, id, status, version } = document;
  const interviewers = document.interviewers.map(({ id: user }) => user);
  const place = placeOf(document);
  const writeId = randomUUID();
  const row = { _id: keyOf(organization, id), organization, place, status, interviewers, version, document, writeId };
  return status === 'booked' ? { ...row, doubt: randomUUID() } : row;
}

export function interviewOf({ document }: InterviewRow): Interview {
  return document;
}
