import type { Attributes } from '../core/user.ts';

/** One identity provider's line into one organization, as its token says. */
export interface ScimCaller {
  readonly organizationId: string;
  readonly connectionId: string;
}

/** What a SCIM request says about a person. */
export interface ScimAssertion {
  /** Canonical names; null asserts "no value". */
  readonly attributes: Attributes;
  /** undefined: not mentioned. */
  readonly externalId: string | null | undefined;
  /** undefined: not mentioned. */
  readonly active: boolean | undefined;
  readonly opaque: string | undefined;
  /** What it says of unique attributes, as texts; absent without any. */
  readonly uniqueValues?: readonly string[] | undefined;
}

/** Whether a request is meant for a resource of this version; null: of any. */
export type IfMatch = ((version: number) => boolean) | null;
