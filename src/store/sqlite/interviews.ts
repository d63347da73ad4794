import { randomUUID } from 'node:crypto';
import { stale } from '../../core/errors.ts';
import { type Interview, placeOf } from '../../core/interview.ts';
import type { DoubtedInterview, InterviewQuery, InterviewStore } from '../../ports/interview-store.ts';
import { pageOfInterviews, startOf } from '../interview-places.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import { UNTOLD } from './interview-schema.ts';
import type { Value } from './statements.ts';

/** Interviews in SQLite. Every interviewer has a row, so that one's interviews are found by start. */
export function createInterviewStore(database: Database): InterviewStore {
  const { sql } = database;
  const one = sql('SELECT document FROM interviews WHERE organization = ? AND id = ?');
  const untold = sql(`SELECT document FROM interviews WHERE ${UNTOLD} ORDER BY organization, id ${LIMIT}`);
  const ofOne = sql(`SELECT count(*) AS total FROM interviewers
    WHERE organization = ? AND user = ? AND place > ? AND status = 'booked'`);
  const { add, remove } = createInterviewRows(database);

  function save(interview: Interview, former: number): DoubtedInterview {
    const stored = documentOf<Interview>(one.get(interview.organizationId, interview.id));
    if ((stored?.version ?? 0) !== former) throw stale('this interview');
    if (stored) remove(stored);
    return { interview, doubt: add(interview) };
  }

  return {
    get: async (organization, id) => documentOf<Interview>(one.get(organization, id)),
    save: async (interview, former) => database.transaction(() => save(interview, former)),
    async list(query, cursor, limit) {
      const { document, from, values } = selected(query, startOf(query, cursor));
      const rows = sql(`SELECT ${document}.document ${from} ORDER BY k.place ${LIMIT}`).all(...values, limit + 1);
      return pageOfInterviews(documentsOf<Interview>(rows), limit);
    },
    ...createDoubts(database),
    async countEach(organization, interviewers, aheadOf) {
      const after = startOf({ organizationId: organization, aheadOf }, null);
      const total = (user: string) => Number(ofOne.get(organization, user, after)?.total);
      return new Map(interviewers.map((user) => [user, total(user)]));
    },
    untold: async (limit) => documentsOf<Interview>(untold.all(limit)),
    async count(query, most) {
      const { keys, values } = selected(query, startOf(query, null));
      return Number(sql(`SELECT count(*) AS total FROM (SELECT 1 ${keys} ${LIMIT})`).get(...values, most)?.total);
    },
  };
}

type Doubts = Pick<InterviewStore, 'doubt' | 'trust' | 'doubted' | 'countDoubted'>;

/** Those that somebody may have to be replaced in. */
function createDoubts({ sql, transaction }: Database): Doubts {
  const doubt = sql(`UPDATE interviews SET doubt = ? WHERE organization = ?2 AND place IN
    (SELECT place FROM interviewers WHERE organization = ?2 AND user = ? AND place > ? AND status = 'booked')`);
  const trust = sql('UPDATE interviews SET doubt = NULL WHERE organization = ? AND id = ? AND doubt = ?');
  return {
    async doubt(organization, interviewer, aheadOf) {
      const after = startOf({ organizationId: organization, aheadOf }, null);
      doubt.run(randomUUID(), organization, interviewer, after);
    },
    async trust(doubted) {
      transaction(() => {
        for (const { interview, doubt: known } of doubted) trust.run(interview.organizationId, interview.id, known);
      });
    },
    async doubted(query, cursor, limit) {
      const { document, from, values } = selected(query, startOf(query, cursor), true);
      const columns = `${document}.document, ${document}.doubt`;
      const rows = sql(`SELECT ${columns} ${from} ORDER BY k.place ${LIMIT}`).all(...values, limit + 1);
      const { items, next } = pageOfInterviews(documentsOf<Interview>(rows), limit);
      return { items: items.map((interview, index) => ({ interview, doubt: String(rows[index]?.doubt) })), next };
    },
    async countDoubted(query, most) {
      const { from, values } = selected(query, startOf(query, null), true);
      return Number(sql(`SELECT count(*) AS total FROM (SELECT 1 ${from} ${LIMIT})`).get(...values, most)?.total);
    },
  };
}

/** How interviews are written, inside a transaction. */
export function createInterviewRows({ sql }: Pick<Database, 'sql'>) {
  const insert = sql(`INSERT INTO interviews (organization, id, place, status, version, document, doubt)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const insertInterviewer = sql('INSERT INTO interviewers (organization, user, place, status) VALUES (?, ?, ?, ?)');
  const find = sql('SELECT 1 FROM interviews WHERE organization = ? AND id = ?');
  const drop = sql('DELETE FROM interviews WHERE organization = ? AND id = ?');
  const dropInterviewer = sql('DELETE FROM interviewers WHERE organization = ? AND user = ? AND place = ?');
  return {
    has: ({ organizationId, id }: Interview): boolean => find.get(organizationId, id) !== undefined,
    /** Returns the doubt about it. */
    add(interview: Interview): string {
      const { organizationId, id, status, version, interviewers } = interview;
      const place = placeOf(interview);
      const doubt = randomUUID();
      const document = JSON.stringify(interview);
      insert.run(organizationId, id, place, status, version, document, status === 'booked' ? doubt : null);
      for (const { id: user } of interviewers) insertInterviewer.run(organizationId, user, place, status);
      return doubt;
    },
    remove(interview: Interview): void {
      const { organizationId, id, interviewers } = interview;
      drop.run(organizationId, id);
      for (const { id: user } of interviewers) dropInterviewer.run(organizationId, user, placeOf(interview));
    },
  };
}

/** The rows a query means: `keys` alone are counted, `from` leads from them to the documents. */
function selected({ organizationId, interviewer, aheadOf }: InterviewQuery, after: string, isDoubted = false) {
  const isOfOne = interviewer !== undefined;
  const documents = isOfOne ? 'CROSS JOIN interviews i ON i.organization = k.organization AND i.place = k.place' : '';
  const where = `WHERE k.organization = ? ${isOfOne ? 'AND k.user = ?' : ''}
    ${aheadOf === undefined ? '' : `AND k.status = 'booked'`} AND k.place > ?
    ${isDoubted ? `AND ${isOfOne ? 'i' : 'k'}.doubt IS NOT NULL` : ''}`;
  const index = isDoubted && !isOfOne ? 'INDEXED BY interviews_doubt' : '';
  const table = `FROM ${isOfOne ? 'interviewers' : 'interviews'} k ${index}`;
  const values: readonly Value[] = isOfOne ? [organizationId, interviewer, after] : [organizationId, after];
  return { keys: `${table} ${where}`, from: `${table} ${documents} ${where}`, document: isOfOne ? 'i' : 'k', values };
}
