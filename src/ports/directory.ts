import type { DirectoryPerson } from '../core/directory-person.ts';
import type { DirectoryName } from '../core/user.ts';

export interface FailedPerson {
  /** null: the record came without its key. */
  readonly externalId: string | null;
  readonly message: string;
}

export interface DirectoryPage {
  readonly people: readonly DirectoryPerson[];
  readonly failed: readonly FailedPerson[];
  /** The directory's own token of the next page; null after the last. */
  readonly next: string | null;
}

/** One finding of a connection test, in words for an admin. */
export interface DirectoryCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

/**
 * How a directory failed. `retry`: passing trouble, ask again; `config`: an admin must act (message says what);
 * `reset`: the page token no longer counts, start the listing anew.
 */
export type DirectoryFailure = 'retry' | 'config' | 'reset';

export class DirectoryError extends Error {
  readonly failure: DirectoryFailure;
  /** How long the directory asked to be left alone, counted from the error; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(failure: DirectoryFailure, message: string, cause?: unknown, retryAfterMs: number | null = null) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DirectoryError';
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A connected directory, opened with one organization's credentials. Every call has a time-out. Throws DirectoryError. */
export interface Directory {
  readonly source: DirectoryName;
  /**
   * The page at `cursor` (null = first), checked for shape: a malformed page is an error, never an empty page.
   * Only the caller sees the whole run: it fails the run when a `next` comes back that it has already followed.
   */
  readPage(cursor: string | null): Promise<DirectoryPage>;
  /** The directory's own tenant id. */
  tenant(): Promise<string>;
  /** One person by key; `gone` when the directory says they no longer exist. */
  find(externalId: string): Promise<DirectoryPerson | 'gone'>;
  /** What works and what does not, in words. Never throws. */
  test(): Promise<readonly DirectoryCheck[]>;
}

/** What an admin hands over for Google Workspace. */
export interface GoogleCredentials {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly privateKeyId: string | null;
  readonly subject: string;
}

/** Opens directories; limits and token caches are shared per integration. */
export interface Directories {
  openGoogle(integrationId: string, credentials: GoogleCredentials): Directory;
}
