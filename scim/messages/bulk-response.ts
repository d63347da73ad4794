import { BULK_RESPONSE } from '../schema/urns.ts';

/** What became of one operation of a bulk. */
export interface BulkOutcome {
  readonly method: string;
  readonly bulkId: string | undefined;
  readonly status: number;
  /** Absolute; undefined for a POST that created nothing. */
  readonly location: string | undefined;
  /** The entity tag of the resource as it is now. */
  readonly version: string | undefined;
  /** The error of an operation that failed; a resource that is well is not shown again. */
  readonly response: object | undefined;
}

/** The answer to a bulk (RFC 7644 §3.7): `status` is text there. */
export function bulkResponse(outcomes: readonly BulkOutcome[]) {
  return {
    schemas: [BULK_RESPONSE],
    Operations: outcomes.map((outcome) => ({ ...outcome, status: String(outcome.status) })),
  };
}
