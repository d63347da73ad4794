import { AppError, type ErrorCode } from '../../src/core/errors.ts';
import { ScimError, type ScimType } from '../messages/scim-error.ts';

interface Refusal {
  readonly status: number;
  readonly scimType?: ScimType;
  readonly headers?: { readonly [name: string]: string };
}

const RETRY: Refusal = { status: 503, headers: { 'Retry-After': '1' } };
const TAKEN: Refusal = { status: 409, scimType: 'uniqueness' };
const CONFLICT: Refusal = { status: 409 };

/** How SCIM says what the services say. */
const REFUSALS: Readonly<Record<ErrorCode, Refusal>> = {
  invalid: { status: 400, scimType: 'invalidValue' },
  unauthorized: { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="SCIM"' } },
  forbidden: { status: 403 },
  insufficient_scope: { status: 403 },
  scim_disabled: { status: 403 },
  not_found: { status: 404 },
  email_taken: TAKEN,
  user_name_taken: TAKEN,
  already_provisioned: TAKEN,
  source_key_taken: TAKEN,
  resource_name_taken: TAKEN,
  value_taken: TAKEN,
  host_id_taken: TAKEN,
  link_pending: TAKEN,
  agency_user: TAKEN,
  agency_in_use: TAKEN,
  agency_archived: TAKEN,
  last_admin: CONFLICT,
  overridden: CONFLICT,
  never_deleted: CONFLICT,
  not_active: CONFLICT,
  interview_over: CONFLICT,
  roles_need_elevated: CONFLICT,
  own_access: CONFLICT,
  mapped_grant: CONFLICT,
  never_admin: CONFLICT,
  unknown_group: CONFLICT,
  unknown_role: CONFLICT,
  unknown_scope: CONFLICT,
  unknown_pool: CONFLICT,
  pool_in_use: CONFLICT,
  confirmation_required: CONFLICT,
  run_in_progress: CONFLICT,
  token_limit: CONFLICT,
  idempotency_key_reused: CONFLICT,
  request_in_progress: CONFLICT,
  outcome_unknown: CONFLICT,
  sync_disabled: CONFLICT,
  unreadable_file: { status: 422 },
  import_changed: CONFLICT,
  import_expired: CONFLICT,
  import_state: CONFLICT,
  plan_changed: CONFLICT,
  plan_expired: CONFLICT,
  plan_decided: CONFLICT,
  bulk_changed: CONFLICT,
  bulk_expired: CONFLICT,
  bulk_state: CONFLICT,
  directory_unreachable: CONFLICT,
  schema_in_use: CONFLICT,
  not_acceptable: { status: 406 },
  precondition_failed: { status: 412 },
  too_large: { status: 413 },
  too_many: { status: 400, scimType: 'tooMany' },
  unsupported_media_type: { status: 415 },
  not_configured: { status: 409 },
  not_implemented: { status: 501 },
  deactivations_halted: { status: 429 },
  stale: RETRY,
  superseded: RETRY,
  unavailable: RETRY,
};

/** What the body parser complains about, by its own names. */
const PARSER_REFUSALS: ReadonlyMap<unknown, readonly [status: number, message: string, scimType?: ScimType]> = new Map([
  ['entity.too.large', [413, 'the body is larger than 1 MB']],
  ['entity.parse.failed', [400, 'the body is not valid JSON', 'invalidSyntax']],
  ['encoding.unsupported', [415, 'the Content-Encoding of the body is not supported']],
  ['charset.unsupported', [415, 'the charset of the body is not supported; use UTF-8']],
  ['request.aborted', [400, 'the body ended too early', 'invalidSyntax']],
  ['request.size.invalid', [400, 'the body is not as long as Content-Length says', 'invalidSyntax']],
]);

/**
 * The SCIM error for anything thrown; undefined for what nobody expected, whose text is not for clients.
 */
export function toScimError(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error;
  if (error instanceof AppError) {
    const { status, scimType, headers } = REFUSALS[error.code];
    const { retryAfter } = error.details;
    const later = typeof retryAfter === 'number' ? { 'Retry-After': String(retryAfter) } : {};
    return new ScimError(status, error.message, scimType, { ...headers, ...later });
  }
  return parserError(error);
}

export const CRASHED = new ScimError(500, 'something went wrong on our side; it has been noted');

/** The parser gives its errors a `type` and a `status`; a broken compressed body has the status only. */
function parserError(error: unknown): ScimError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const known = PARSER_REFUSALS.get('type' in error ? error.type : undefined);
  if (known) return new ScimError(...known);
  return error.status === 400 ? new ScimError(400, 'the body cannot be read', 'invalidSyntax') : undefined;
}
