/** Every way the application may refuse. Adapters map codes, never messages. */
export type ErrorCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'insufficient_scope'
  | 'not_found'
  | 'never_deleted'
  | 'email_taken'
  | 'user_name_taken'
  | 'already_provisioned'
  | 'source_key_taken'
  | 'resource_name_taken'
  | 'value_taken'
  | 'host_id_taken'
  | 'schema_in_use'
  | 'link_pending'
  | 'stale'
  | 'overridden'
  | 'scim_disabled'
  | 'last_admin'
  | 'agency_user'
  | 'agency_in_use'
  | 'agency_archived'
  | 'not_active'
  | 'interview_over'
  | 'roles_need_elevated'
  | 'own_access'
  | 'mapped_grant'
  | 'never_admin'
  | 'unknown_group'
  | 'unknown_role'
  | 'unknown_scope'
  | 'unknown_pool'
  | 'pool_in_use'
  | 'confirmation_required'
  | 'precondition_failed'
  | 'superseded'
  | 'too_large'
  | 'too_many'
  | 'unsupported_media_type'
  | 'not_configured'
  | 'run_in_progress'
  | 'sync_disabled'
  | 'unreadable_file'
  | 'import_changed'
  | 'import_expired'
  | 'import_state'
  | 'plan_changed'
  | 'plan_expired'
  | 'plan_decided'
  | 'bulk_changed'
  | 'bulk_expired'
  | 'bulk_state'
  | 'directory_unreachable'
  | 'not_acceptable'
  | 'token_limit'
  | 'deactivations_halted'
  | 'idempotency_key_reused'
  | 'request_in_progress'
  | 'outcome_unknown'
  | 'not_implemented'
  | 'unavailable';

/** A refusal the caller can act on. Anything else that is thrown is a bug or an outage; its text stays in the log. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** Facts for the caller beside the sentence, such as the owner of an attribute. Never a secret. */
  readonly details: { readonly [name: string]: unknown };

  constructor(code: ErrorCode, message: string, details: { readonly [name: string]: unknown } = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

export function isAppError(error: unknown, ...codes: readonly ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}

export const emailTaken = (userId: string | null, cause?: unknown) =>
  new AppError('email_taken', 'this email is already used by another user', userId ? { userId } : {}, cause);

export const stale = (what: string) => new AppError('stale', `${what} was changed by somebody else meanwhile`);

export const notFound = (what: string) => new AppError('not_found', `no such ${what}`);

export const tooMany = (limit: number) =>
  new AppError('too_many', `more than ${limit} would have to be looked at one by one`, { limit });

export const foreignCursor = () =>
  new AppError('invalid', 'this cursor was not given out by this list', { attribute: 'cursor' });
