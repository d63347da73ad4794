import { seenByScim } from '../../core/scim-view.ts';
import type { Database } from './database.ts';
import { updatePeople } from './update-people.ts';

const UNFILLED = { organization: { $exists: true }, seen: { $exists: false } };

/** Gives people who were here before the time at which SCIM last saw them change. */
export async function fillSeen(database: Database, step: (name: string) => Promise<void>): Promise<void> {
  await updatePeople(database, UNFILLED, step, (user) => ({ seen: seenByScim(user).at }));
}
