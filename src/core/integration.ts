import type { SyncOptions } from './sync-options.ts';
import type { DirectoryName } from './user.ts';

/** Which people of a Microsoft 365 tenant are taken, and by which address. */
export interface MicrosoftPeople {
  readonly includeGuests: boolean;
  readonly onlyLicensed: boolean;
  /** Whether a sign-in name of the tenant's first domain (onmicrosoft.com) may stand in for an address. */
  readonly useInitialDomain: boolean;
}

/** A connected directory. Credentials are sealed; nothing here may leave the process but what the API names. */
export interface Integration {
  readonly id: string;
  readonly organizationId: string;
  readonly source: DirectoryName;
  /** Raised whenever the credentials, the subject, the tenant, the scope or the mapping change; a run pins it. */
  readonly version: number;
  /** Counts every change by an admin; absent = 1. Written by compare-and-swap on it. */
  readonly revision?: number;
  /** What was chosen; the rest is as usual. */
  readonly options?: Partial<SyncOptions>;
  /** The admin a Google service account acts as; null where there is no such person. */
  readonly subject: string | null;
  /** Which people of a Microsoft 365 tenant are taken; absent for other directories. */
  readonly people?: MicrosoftPeople;
  /** Sealed JSON of the credentials. */
  readonly sealedCredentials: string;
  /** Who may be recognised without opening the seal: the service account's address, or the application's id. */
  readonly account: string;
  /** The directory's own tenant, pinned by the first page that names it. */
  readonly tenant: string | null;
  /** When the next scheduled run is due (RFC 3339); null while none is wanted. */
  readonly nextDueAt: string | null;
  readonly lastRunId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
