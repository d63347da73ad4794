import type { Unrestored } from '../../ports/user-store.ts';
import { duplicates } from './mongo-errors.ts';
import { insistently } from './unknown-results.ts';
import type { PreparedChange, StoredUser } from './user-rows.ts';
import type { ParkedClaims, UserCollection } from './user-schema.ts';
import { CLAIM_FIELDS, type ClaimFields } from './user-shadow.ts';

type ClaimField = keyof ClaimFields;

/**
 * Makes a person give up, without becoming another version, what the change releases; it stays written down in `parked`.
 *
 * Nothing happens to a person who has changed meanwhile. Doing it twice is doing it once.
 */
export async function park(users: UserCollection, { key, user, stored, fields }: PreparedChange, at: string) {
  if (!stored) return;
  // What a dead writer made them park is theirs still.
  const parked: ParkedClaims = { ...stored.parked, at, organization: user.organizationId, ...released(stored, fields) };
  const kept = stored.sourceClaims?.filter((claim) => fields.sourceClaims?.includes(claim)) ?? [];
  const gone = CLAIM_FIELDS.filter(
    (field) => parked[field] !== undefined && (field !== 'sourceClaims' || !kept.length),
  );
  const sources = parked.sourceClaims && kept.length ? { sourceClaims: kept } : {};
  const unset = gone.length > 0 ? { $unset: emptied(gone) } : {};
  const update = { $set: { parked, ...sources }, ...unset };
  await insistently(() => users.updateOne({ _id: key, version: user.version - 1 }, update));
}

/** Gives a person back what they parked; false when somebody else holds some of it by now. */
export async function unpark(users: UserCollection, key: string): Promise<boolean> {
  const found = await users.findOne({ _id: key }, { projection: { parked: 1, version: 1 } });
  if (!found?.parked) return true;
  const { at, organization: _, ...claims } = found.parked;
  const same = { _id: key, version: found.version, 'parked.at': at };
  try {
    await insistently(() => users.updateOne(same, { $set: claims, $unset: { parked: '' } }));
    return true;
  } catch (error) {
    if (duplicates(error).length === 0) throw error;
    return false;
  }
}

/**
 * Gives back what people parked before `olderThan` and whose writers died: at most `limit` people. Returns those who cannot have it
 * back, because somebody else holds it by now.
 */
export async function restoreParked(
  users: UserCollection,
  olderThan: string,
  limit: number,
): Promise<readonly Unrestored[]> {
  const left = users.find({ 'parked.at': { $gt: '', $lt: olderThan } }, { projection: { organization: 1, id: 1 } });
  const unrestored: Unrestored[] = [];
  for (const { _id, organization, id } of await left.sort({ 'parked.at': 1 }).limit(limit).toArray())
    if (!(await unpark(users, _id))) unrestored.push({ organizationId: organization, userId: id });
  return unrestored;
}

/** What the person holds and the change does not claim; of source keys all that are held, to give them back together. */
function released(stored: StoredUser, fields: ClaimFields): ClaimFields {
  const gone = CLAIM_FIELDS.filter((field) => stored[field] !== undefined && !keeps(field, stored, fields));
  return Object.fromEntries(gone.map((field) => [field, stored[field]]));
}

function keeps(field: ClaimField, stored: ClaimFields, fields: ClaimFields): boolean {
  if (field !== 'sourceClaims') return stored[field] === fields[field];
  return stored.sourceClaims?.every((claim) => fields.sourceClaims?.includes(claim)) ?? true;
}

function emptied(fields: readonly ClaimField[]) {
  return Object.fromEntries(fields.map((field) => [field, '' as const]));
}
