import type { DirectoryName } from './user.ts';

/** A connected directory. Credentials are sealed; nothing here may leave the process but what the API names. */
export interface Integration {
  readonly id: string;
  readonly organizationId: string;
  readonly source: DirectoryName;
  /** Raised whenever the credentials, the subject or the tenant change; a run pins it. */
  readonly version: number;
  /** The admin the service account acts as. */
  readonly subject: string;
  /** Sealed JSON of the credentials. */
  readonly sealedCredentials: string;
  /** Who may be recognised without opening the seal: the service account's address. */
  readonly account: string;
  /** The directory's own tenant, pinned by the first page that names it. */
  readonly tenant: string | null;
  /** When the next scheduled run is due (RFC 3339); null while none is wanted. */
  readonly nextDueAt: string | null;
  readonly lastRunId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
