import { z } from 'zod';
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { SettingsPreview } from '../services/preview-settings.ts';
import { spokenName } from './attribute-names.ts';
import { viewPreview } from './settings-view.ts';

export type ProblemCode = ErrorCode | 'method_not_allowed' | 'internal';

/** What each refusal is over HTTP: status and title. The compiler asks for a line for every new code. */
export const PROBLEMS: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  invalid: [400, 'The request has a mistake'],
  unauthorized: [401, 'A key is needed'],
  forbidden: [403, 'This is not allowed'],
  insufficient_scope: [403, 'The key lacks a scope'],
  not_found: [404, 'There is no such thing'],
  method_not_allowed: [405, 'This cannot be done here'],
  never_deleted: [405, 'Users are never deleted'],
  email_taken: [409, 'The address is taken'],
  user_name_taken: [409, 'The userName is taken'],
  already_provisioned: [409, 'The person is provisioned already'],
  source_key_taken: [409, 'The key belongs to somebody else'],
  resource_name_taken: [409, 'The name is taken'],
  value_taken: [409, 'The value is taken'],
  host_id_taken: [409, "The host's id is taken"],
  schema_in_use: [409, 'The schema is in use'],
  link_pending: [409, 'Linking waits for an admin'],
  stale: [409, 'It was changed by somebody else meanwhile'],
  overridden: [409, 'A higher source decides this'],
  scim_disabled: [403, 'SCIM is switched off'],
  last_admin: [409, 'The last admin stays'],
  agency_in_use: [409, 'The agency is or was in use'],
  agency_archived: [409, 'The agency is archived'],
  agency_user: [409, 'Not possible for an agency user'],
  not_active: [409, 'The user is not active'],
  interview_over: [409, 'The interview is over'],
  roles_need_elevated: [422, 'Roles need a higher level'],
  own_access: [409, 'Nobody changes their own access'],
  mapped_grant: [409, 'A group mapping gives this'],
  never_admin: [422, 'A mapping never gives admin'],
  unknown_group: [422, 'There is no such group'],
  unknown_role: [422, 'There is no such role'],
  unknown_scope: [422, 'There is no such scope'],
  unknown_pool: [422, 'There is no such pool'],
  pool_in_use: [409, 'The pool has members'],
  confirmation_required: [409, 'The change must be confirmed'],
  precondition_failed: [412, 'It was changed since you read it'],
  superseded: [409, 'Somebody else took over'],
  too_large: [413, 'The request is too large'],
  too_many: [400, 'Too much would have to be looked at'],
  unsupported_media_type: [415, 'The body is of another kind'],
  not_configured: [409, 'It is not set up yet'],
  run_in_progress: [409, 'A run is in progress'],
  sync_disabled: [409, 'Sync is switched off'],
  unreadable_file: [422, 'The file cannot be read'],
  import_changed: [409, 'The import is another one by now'],
  import_expired: [409, 'The import has expired'],
  import_state: [409, 'The import is not at this point'],
  plan_changed: [409, 'The plan is another one by now'],
  plan_expired: [409, 'The plan has expired'],
  plan_decided: [409, 'The plan was decided already'],
  bulk_changed: [409, 'The bulk action is another one'],
  bulk_expired: [409, 'The bulk action has expired'],
  bulk_state: [409, 'The bulk action is not at this point'],
  directory_unreachable: [502, 'The directory cannot be asked'],
  not_acceptable: [409, 'This conflict cannot be settled so'],
  deactivations_halted: [429, 'Too many users were deactivated'],
  token_limit: [409, 'There are enough living tokens'],
  idempotency_key_reused: [422, 'The key belongs to another request'],
  request_in_progress: [409, 'The request is being worked on'],
  outcome_unknown: [409, 'It is not known whether it was done'],
  not_implemented: [501, 'This is not supported'],
  unavailable: [503, 'Rollcall cannot answer just now'],
  internal: [500, 'Something went wrong inside Rollcall'],
};

const CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/** Every answer that is no success (RFC 9457). */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for people.' }),
    code: z.enum(CODES).meta({ description: 'What programs decide by.' }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    scope: z.string().optional().meta({ description: 'The scope that is missing.' }),
    source: z.string().optional().meta({ description: 'Who decides instead.' }),
    attributes: z.array(z.string()).optional().meta({ description: 'What the source decides.' }),
    id: z.string().optional().meta({ description: 'Finds the failure in the log.' }),
  })
  .meta({ id: 'Problem' });

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly [name: string]: unknown;
}

export function problem(code: ProblemCode, detail: string, details: AppError['details'] = {}): Problem {
  const [status, title] = PROBLEMS[code];
  return { ...details, type: `urn:rollcall:problem:${code}`, title, status, detail, code };
}

/** Members of a refusal that carry canonical attribute names, and how they are shown. */
const DETAIL_VIEWS: ReadonlyMap<string, (value: unknown) => unknown> = new Map<string, (value: unknown) => unknown>([
  ['attributes', (names) => [...new Set((names as readonly string[]).map(spokenName))]],
  ['preview', (preview) => viewPreview(preview as SettingsPreview)],
]);

/** Refusals of Express and its body parser, by status; their own messages may quote the request. */
const PARSER_PROBLEMS: ReadonlyMap<number, readonly [ErrorCode, string]> = new Map([
  [400, ['invalid', 'the body is not a JSON object, or was cut short']],
  [413, ['too_large', 'the body may have at most 1 MB, and 4 MB where it names the people of a bulk action']],
  [415, ['unsupported_media_type', 'the body must be JSON in UTF-8, plain or compressed by gzip, deflate or br']],
]);

/** What to answer to an error; null when it is none that a caller can act on. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof AppError) return problem(error.code, error.message, detailsOf(error));
  if (error instanceof URIError) return problem('invalid', 'the path is not properly percent-encoded');
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  const known = typeof status === 'number' ? PARSER_PROBLEMS.get(status) : undefined;
  return known ? problem(...known) : null;
}

function detailsOf({ code, message, details }: AppError): AppError['details'] {
  const entries = Object.entries(details).map(([name, value]) => [name, DETAIL_VIEWS.get(name)?.(value) ?? value]);
  const { attribute = '', ...shown } = Object.fromEntries(entries);
  return code === 'invalid' ? { errors: [{ path: attribute, message }], ...shown } : shown;
}
