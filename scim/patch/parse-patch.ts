import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../filter/literal.ts';
import { checkDepth } from '../messages/depth.ts';
import { foldedMembers, requireSchema } from '../messages/folded-members.ts';
import { parseJson } from '../messages/parse-json.ts';
import { invalidPath, invalidSyntax, invalidValue, noTarget, quote, ScimError } from '../messages/scim-error.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import { PATCH_OP } from '../schema/urns.ts';
import type { Intent } from './intent.ts';
import { type Op, pathIntents, valueIntents } from './parse-operation.ts';

/** Operations one PATCH may carry. */
export const MOST_OPERATIONS = 1000;

const OPS: ReadonlyMap<string, Op> = new Map([
  ['add', 'add'],
  ['replace', 'replace'],
  ['remove', 'remove'],
]);

/**
 * Reads a PatchOp message (RFC 7644 §3.5.2) as steps to be taken in order. All of it is checked before anything is applied.
 *
 * Throws 400 with the fitting scimType, 413 for more than 1,000 operations.
 */
export function parsePatch(body: JsonObject, schema: ResourceSchema, dialect: Dialect): readonly Intent[] {
  const members = foldedMembers(body);
  if (dialect === 'strict') requireSchema(members, PATCH_OP);
  const operations = members.get('operations');
  if (!isList(operations)) throw invalidSyntax('a PATCH needs a list of Operations');
  if (operations.length > MOST_OPERATIONS)
    throw new ScimError(413, `a PATCH may have at most ${MOST_OPERATIONS} operations, not ${operations.length}`);
  if (operations.length === 0 && dialect === 'strict') throw invalidSyntax('a PATCH needs at least one operation');
  return operations.flatMap((operation) => parseOperation(operation, schema, dialect));
}

function parseOperation(operation: Json, schema: ResourceSchema, dialect: Dialect): readonly Intent[] {
  if (!isObject(operation)) throw invalidSyntax('an operation must be an object');
  const members = foldedMembers(operation);
  const op = readOp(members.get('op'));
  const path = members.get('path') ?? '';
  if (typeof path !== 'string') throw invalidPath('path must be text');
  const value = members.get('value');
  if (path.trim() !== '') return pathIntents(op, path, value, schema, dialect);
  if (op === 'remove') throw noTarget('remove needs a path');
  return valueIntents(op, readMembers(value, dialect), schema, dialect);
}

function readOp(sent: Json | undefined): Op {
  const op = typeof sent === 'string' ? OPS.get(sent.toLowerCase()) : undefined;
  if (!op) throw invalidSyntax(`op must be add, replace or remove, not ${quote(JSON.stringify(sent) ?? 'nothing')}`);
  return op;
}

/** Without a path, the value is an object of attributes; one client sends it as JSON within a string. */
function readMembers(value: Json | undefined, dialect: Dialect): JsonObject {
  const members = typeof value === 'string' && dialect === 'compat' ? parseText(value) : (value ?? null);
  if (!isObject(members)) throw invalidValue('without a path, value must be an object of attributes');
  return members;
}

function parseText(text: string): Json {
  const members = parseJson(text) ?? null;
  checkDepth(members);
  return members;
}
