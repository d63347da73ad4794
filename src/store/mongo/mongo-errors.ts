import mongoose, { type mongo } from 'mongoose';
import { AppError } from '../../core/errors.ts';

const { MongoError, MongoBulkWriteError, MongoNetworkError, MongoServerError, MongoServerSelectionError } =
  mongoose.mongo;

const DUPLICATE = new Set([11000, 11001, 12582]);

/**
 * Server errors that say the command itself was wrong: bugs, or an account that may not. Every other one counts as an outage, since
 * a server that is going down (or the engine behind it) says so in many words.
 */
const REFUSALS = new Set([
  2, 9, 13, 14, 15, 16, 17, 18, 20, 22, 26, 27, 28, 31, 40, 48, 52, 54, 55, 56, 57, 59, 66, 67, 68, 72, 73, 85, 86, 96,
  115, 121, 165, 167, 168, 197, 224, 238, 303, 8000,
]);

/**
 * Five-digit codes name places in the server where it refuses what it cannot read, but for these: it is not, or no longer, in charge,
 * was interrupted, or has no room left on its disk.
 */
const NOT_NOW = new Set([10058, 10107, 11600, 11601, 11602, 13388, 13435, 13436, 14031]);

/** Other errors of the driver that mean the server cannot be reached, or not now, by name. */
const OUTAGES = new Set([
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoServerClosedError',
  'MongoUnexpectedServerResponseError',
  'MongoTopologyClosedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoWriteConcernError',
  'MongoExpiredSessionError',
  'MongooseServerSelectionError',
  'MongoClientClosedError',
]);

/** The system's own words for a connection that is gone; the driver passes some of them on as they are. */
const LOST_CONNECTIONS = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** A unique index refused a write: its name. Null for every other error. Of a bulk write, the first one that was refused. */
export function duplicateIndex(error: unknown): string | null {
  return duplicates(error)[0]?.index ?? null;
}

/** Every write of a bulk (or the single one, 0) that a unique index refused, by its place, with the index. */
export function duplicates(error: unknown): readonly { readonly at: number; readonly index: string }[] {
  return complaints(error)
    .filter(({ code }) => DUPLICATE.has(code))
    .map(({ at, message, keyPattern }) => ({ at, index: indexIn(message, keyPattern) }));
}

/** Whether all that went wrong is that unique indexes refused writes. */
export function isOnlyDuplicates(error: unknown): boolean {
  const all = complaints(error);
  return all.length > 0 && all.every(({ code }) => DUPLICATE.has(code)) && !hasWriteConcernError(error);
}

/** Whether the error tells of a server that cannot answer, rather than of a bug. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof MongoNetworkError || OUTAGES.has(error.name) || hasWriteConcernError(error)) return true;
  if ('code' in error && LOST_CONNECTIONS.has(String(error.code))) return true;
  return complaints(error).some(({ code }) => !DUPLICATE.has(code) && !isRefusal(code));
}

/**
 * Whether a write that ended so may have been applied all the same. The driver sends a write to a replica set twice: when it finds no
 * server for the second time it says only that, and not what became of the first.
 */
export function isUnknownResult(error: unknown): boolean {
  if (!(error instanceof MongoServerSelectionError)) return isOutage(error);
  return SENT_TWICE.has(error.reason?.type ?? '');
}

const SENT_TWICE: ReadonlySet<string> = new Set(['ReplicaSetNoPrimary', 'ReplicaSetWithPrimary', 'Sharded']);

/** An outage becomes `unavailable`; everything else stays what it is. */
export function translated(error: unknown): unknown {
  if (error instanceof AppError || !isOutage(error)) return error;
  return new AppError('unavailable', 'the store cannot answer just now', {}, error);
}

/** Does the work, its errors translated. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

type Methods = { readonly [name: string]: (...inputs: never[]) => Promise<unknown> };

/** The same methods, their errors translated. */
export function guardMethods<Store extends object>(store: Store): Store {
  const guardedEntries = Object.entries(store as unknown as Methods).map(([name, method]) => [
    name,
    (...inputs: never[]) => guarded(() => method(...inputs)),
  ]);
  return Object.fromEntries(guardedEntries) as Store;
}

interface Complaint {
  readonly at: number;
  readonly code: number;
  readonly message: string;
  readonly keyPattern: object | null;
}

function complaints(error: unknown): readonly Complaint[] {
  if (!(error instanceof MongoError)) return [];
  const writes = writeErrorsOf(error);
  if (writes.length > 0)
    return writes.map(({ index, code, errmsg, err }) => ({
      at: index,
      code,
      message: errmsg ?? '',
      keyPattern: (err as { keyPattern?: object } | undefined)?.keyPattern ?? null,
    }));
  if (!(error instanceof MongoServerError)) return [];
  return [{ at: 0, code: Number(error.code ?? 0), message: error.message, keyPattern: error.keyPattern ?? null }];
}

function writeErrorsOf(error: mongo.MongoError): readonly mongo.WriteError[] {
  const found = 'writeErrors' in error ? (error.writeErrors as mongo.WriteError | mongo.WriteError[]) : [];
  return Array.isArray(found) ? found : [found];
}

function hasWriteConcernError(error: unknown): boolean {
  return error instanceof MongoBulkWriteError && error.result.getWriteConcernError() !== undefined;
}

function isRefusal(code: number): boolean {
  return REFUSALS.has(code) || (code >= 10_000 && code < 100_000 && !NOT_NOW.has(code));
}

/** Servers name the index in the sentence, each in its way; where one does not, the fields stand for it. */
function indexIn(message: string, keyPattern: object | null): string {
  const named = / index: (\S+) dup key/.exec(message)?.[1] ?? /Index '([^']+)'/.exec(message)?.[1];
  return named ?? Object.keys(keyPattern ?? {}).join('_');
}
