import { AppError } from '../../core/errors.ts';

/** Primary result codes of a disk, file or lock that cannot serve: busy, locked, read-only, I/O, corrupt, full, cannot open, not a database. */
const BUSY = 5;
const TROUBLE = new Set([BUSY, 6, 8, 10, 11, 13, 14, 26]);
/** Extended result codes of a broken unique index and of a broken primary key. */
const UNIQUE = new Set([2067, 1555]);

/**
 * Tells an outage of the store (`unavailable`) from a bug: trouble with disk or file becomes an AppError, everything else stays
 * what it is.
 */
export function translated(error: unknown): unknown {
  if (error instanceof AppError || !isOutage(error)) return error;
  return new AppError('unavailable', 'the store cannot answer just now', {}, error);
}

/** Whether a unique index refused the write; the driver's message then names table and columns. */
export function isUniqueViolation(error: unknown): error is Error {
  return error instanceof Error && UNIQUE.has(errcodeOf(error));
}

/** Whether somebody else holds a lock on the file. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && (errcodeOf(error) & 0xff) === BUSY;
}

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const closed = 'code' in error && error.code === 'ERR_INVALID_STATE';
  return closed || TROUBLE.has(errcodeOf(error) & 0xff);
}

function errcodeOf(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;
}
