import type { DirectoryPerson } from '../core/directory-person.ts';
import type { MicrosoftPeople } from '../core/integration.ts';
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
  /** Keys of people the directory says have left; only where pages tell of changes. */
  readonly removed?: readonly string[];
  /** People who are there, but whom the connection is told not to take. */
  readonly leftOut?: readonly LeftOutPerson[];
  /** On the last page: the cursor from which later changes can be read; null where the directory has none. */
  readonly checkpoint?: string | null;
}

/** Somebody who is in the directory and not to be taken, and why in words. */
export interface LeftOutPerson {
  readonly person: DirectoryPerson;
  readonly code: 'guest' | 'unlicensed' | 'out_of_scope';
  readonly message: string;
}

/** Somebody found by asking for them alone. */
export interface FoundPerson {
  readonly person: DirectoryPerson;
  /** Why the connection is told not to take them; null when it is not. */
  readonly leftOut: Pick<LeftOutPerson, 'code' | 'message'> | null;
}

/** Direct members of a group, as far as they are people. */
export interface MembersPage {
  /** Also of people from outside of the tenant, where the directory has such members: no listing shows them. */
  readonly externalIds: readonly string[];
  /** In words, each once: members that could not be taken, such as groups. */
  readonly notices: readonly string[];
  /** The group holds everybody of the tenant. */
  readonly everybody?: boolean;
  /** The directory hides the members from most, though not from this connection. Told with the first page. */
  readonly hidden?: boolean;
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
   * The page at `cursor` (null = first of a full listing; a checkpoint = first of what changed since), checked for shape: a
   * malformed page is an error, never an empty page.
   * Only the caller sees the whole run: it fails the run when a `next` comes back that it has already followed.
   */
  readPage(cursor: string | null): Promise<DirectoryPage>;
  /** The directory's own tenant id. */
  tenant(): Promise<string>;
  /** One person by key; `gone` when the directory says they no longer exist. */
  find(externalId: string): Promise<FoundPerson | 'gone'>;
  /**
   * One person by key or address while somebody waits: answers or throws within about five seconds. `gone`: nobody there has it.
   */
  lookUp(who: { readonly externalId: string } | { readonly email: string }): Promise<FoundPerson | 'gone'>;
  /**
   * A page of the direct members of a group, by its key or address. A group that is not there, or whose members the directory keeps
   * to itself, is a `config` failure: no page stands for members nobody was shown.
   */
  readMembers(group: string, cursor: string | null): Promise<MembersPage>;
  /** What works and what does not, in words. Never throws. */
  test(): Promise<readonly DirectoryCheck[]>;
  /** Whether the members of a group can be read, in words and within about five seconds. Never throws. */
  testGroup(group: string): Promise<DirectoryCheck>;
}

/** What an admin hands over for Google Workspace. */
export interface GoogleCredentials {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly privateKeyId: string | null;
  readonly subject: string;
}

/** What an admin hands over for Microsoft 365: a client secret, or a certificate with its private key. */
export interface MicrosoftCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** PEM. */
  readonly certificate: string | null;
}

/** Opens directories; limits and token caches are shared per integration. */
export interface Directories {
  openGoogle(integrationId: string, credentials: GoogleCredentials): Directory;
  openMicrosoft(integrationId: string, credentials: MicrosoftCredentials, people: MicrosoftPeople): Directory;
}
