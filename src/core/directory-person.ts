import type { Activity, DirectoryName } from './user.ts';

/** Fields a page may leave open. */
export type UnsaidField = 'givenName' | 'familyName' | 'displayName' | 'title' | 'department' | 'employeeNumber';

/** One person as a directory shows them, normalised: what every connector emits, whatever the vendor. */
export interface DirectoryPerson {
  readonly source: DirectoryName;
  /** The directory's immutable key. */
  readonly externalId: string;
  /** The directory's own tenant (Google customerId), null when the page does not say. */
  readonly tenant: string | null;
  /** null: the directory shows no usable address. */
  readonly email: string | null;
  readonly aliases: readonly string[];
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly displayName: string | null;
  readonly activity: Activity;
  /** Why they are inactive or unknown, in the vendor's words: `suspended`, `archived`, … */
  readonly reasons: readonly string[];
  readonly kind: 'member' | 'guest';
  readonly title: string | null;
  readonly department: string | null;
  readonly employeeNumber: string | null;
  readonly orgUnit: string | null;
  /** Fields the directory left open: null, and what is known of them stays. A null field that is not named here is an answer. */
  readonly unsaid?: readonly UnsaidField[];
  /** Hash over a canonical form of the fields above. Equal hash = nothing new. */
  readonly hash: string;
}
