import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../filter/literal.ts';
import { type FoldedMembers, foldedMembers, requireSchema } from '../messages/folded-members.ts';
import { LIMITS } from '../messages/limits.ts';
import { invalidSyntax, invalidValue, quote, ScimError } from '../messages/scim-error.ts';
import { BULK_REQUEST } from '../schema/urns.ts';
import { referencesIn } from './references.ts';
import { type ResourcePath, readResourcePath, referencesInPath } from './resource-path.ts';

/** A BulkRequest message (RFC 7644 §3.7). */
export interface BulkRequest {
  /** After so many failed operations no more are begun. */
  readonly failOnErrors: number;
  readonly operations: readonly BulkOperation[];
}

/** One operation as it was sent. What is wrong with it is its own failure, not that of the others. */
export interface BulkOperation {
  readonly method: string;
  readonly path: ResourcePath;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: Json | undefined;
  /** Every bulkId that its data and its path refer to. */
  readonly references: ReadonlySet<string>;
  readonly refusal: ScimError | undefined;
}

/** How the client speaks, and where it thinks it is. */
interface Spoken {
  readonly dialect: Dialect;
  readonly baseUrl: string;
}

const METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Reads a BulkRequest. Throws 400 `invalidSyntax` for what is none, 400 `invalidValue` for a `failOnErrors` that is no whole number,
 * 413 for more than 1,000 operations.
 */
export function parseBulk(body: JsonObject, spoken: Spoken): BulkRequest {
  const { dialect } = spoken;
  const members = foldedMembers(body);
  if (dialect === 'strict') requireSchema(members, BULK_REQUEST);
  const sent = members.get('operations');
  if (!isList(sent)) throw invalidSyntax('a bulk needs a list of Operations');
  if (sent.length > LIMITS.bulkOperations)
    throw new ScimError(413, `a bulk may have at most ${LIMITS.bulkOperations} operations, not ${sent.length}`);
  if (sent.length === 0 && dialect === 'strict') throw invalidSyntax('a bulk needs at least one operation');
  const operations = sent.map((operation) => readOperation(operation, spoken));
  return { failOnErrors: readFailOnErrors(members.get('failonerrors')), operations: refuseTwins(operations) };
}

/** None, or 0, means that every operation is tried. */
function readFailOnErrors(sent: Json | undefined): number {
  const value = sent ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw invalidValue('failOnErrors must be a whole number');
  return value === 0 ? Number.POSITIVE_INFINITY : value;
}

function readOperation(sent: Json, { dialect, baseUrl }: Spoken): BulkOperation {
  const members = foldedMembers(isObject(sent) ? sent : {});
  const method = textOf(members, 'method') ?? '';
  const path = readResourcePath(textOf(members, 'path') ?? '', baseUrl, dialect);
  const operation = {
    method: dialect === 'compat' ? method.toUpperCase() : method,
    bulkId: textOf(members, 'bulkid'),
    version: textOf(members, 'version'),
    data: members.get('data'),
  };
  const refusal = refusalOf(sent, members, operation, path);
  if (refusal || !path) return { ...operation, path: NOWHERE, references: NOTHING, refusal };
  return { ...operation, path, references: referencesIn(operation.data, new Set(referencesInPath(path))), refusal };
}

const NOWHERE: ResourcePath = { segments: [], query: '' };
const NOTHING: ReadonlySet<string> = new Set();

function refusalOf(
  sent: Json,
  members: FoldedMembers,
  { method, bulkId }: Pick<BulkOperation, 'method' | 'bulkId'>,
  path: ResourcePath | undefined,
): ScimError | undefined {
  if (!isObject(sent)) return invalidSyntax('an operation must be an object');
  const notText = TEXTS.find((name) => members.has(name) && textOf(members, name) === undefined);
  if (notText) return invalidSyntax(`the ${notText} of an operation must be text`);
  if (!METHODS.has(method))
    return invalidSyntax(`the method of an operation is POST, PUT, PATCH or DELETE, not ${quote(method)}`);
  if (!path || path.segments.length === 0) return invalidSyntax('an operation needs a path, such as /Users');
  return method === 'POST' && !bulkId ? invalidValue('a POST needs a bulkId') : undefined;
}

/** Folded names of the members that are text. */
const TEXTS: readonly string[] = ['method', 'path', 'bulkid', 'version'];

function textOf(members: FoldedMembers, name: string): string | undefined {
  const value = members.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** A bulkId that two POSTs have names nothing: neither is performed. */
function refuseTwins(operations: readonly BulkOperation[]): readonly BulkOperation[] {
  const times = new Map<string, number>();
  for (const { method, bulkId } of operations)
    if (method === 'POST' && bulkId) times.set(bulkId, (times.get(bulkId) ?? 0) + 1);
  return operations.map((operation) => {
    const { method, bulkId = '', refusal } = operation;
    if (refusal || method !== 'POST' || times.get(bulkId) === 1) return operation;
    return { ...operation, references: NOTHING, refusal: invalidValue(`the bulkId ${quote(bulkId)} is given twice`) };
  });
}
