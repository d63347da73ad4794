import { readFileSync } from 'node:fs';
import { ok, type Reply } from '../shared/reply.ts';
import { applyMask, type KnownNames, type Mask, parseMask, unknownNames } from './field-mask.ts';
import { apiError } from './reply.ts';

/** Applies `fields`; a name that does not exist is refused, as Google does. */
export function masked(body: object, parameters: URLSearchParams, known: KnownNames): Reply {
  const fields = parameters.get('fields');
  if (fields === null) return ok(body);
  let mask: Mask;
  try {
    mask = parseMask(fields);
  } catch (error) {
    return apiError(400, 'invalidParameter', error instanceof Error ? error.message : 'Invalid field selection');
  }
  const [unknown] = unknownNames(mask, known);
  return unknown ? apiError(400, 'invalidParameter', `Invalid field selection ${unknown}`) : ok(applyMask(body, mask));
}

/** The field names of a schema as it is published. */
export function schemaNames(schema: string): readonly string[] {
  const { google } = JSON.parse(readFileSync(new URL('../directory-contract.json', import.meta.url), 'utf8'));
  return Object.keys(google.$defs[schema].properties);
}

/** Names below which anything may be selected. */
export const leaves = (names: readonly string[]): KnownNames => Object.fromEntries(names.map((name) => [name, null]));
