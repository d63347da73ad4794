/** Where a sealed secret belongs; it opens nowhere else. */
export interface SealPlace {
  readonly organizationId: string;
  readonly integrationId: string;
  readonly field: string;
}

export interface Secrets {
  /** Envelope AES-256-GCM: a data key of its own per record, wrapped by the process key, bound to the place. */
  seal(plain: string, place: SealPlace): string;
  /** Throws when the text was sealed for another place or with a key that is not at hand. */
  open(sealed: string, place: SealPlace): string;
  /** HMAC-SHA-256 under the token pepper (derived from the process key), hex. */
  digest(token: string): string;
}
