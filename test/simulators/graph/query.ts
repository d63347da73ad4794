import { readFileSync } from 'node:fs';
import type { Reply } from '../shared/reply.ts';
import type { GraphUser } from './people.ts';
import { apiError } from './reply.ts';

/** What Graph shows when nothing is selected. */
const USUAL =
  'businessPhones,displayName,givenName,id,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,surname,userPrincipalName';

const badRequest = (message: string): Reply => apiError(400, 'Request_BadRequest', message);

/** The refusal of parameters that an endpoint does not take, or of properties nobody has; null when all is well. */
export function refusedQuery(
  parameters: URLSearchParams,
  allowed: readonly string[],
  known: ReadonlySet<string>,
): Reply | null {
  const odd = [...parameters.keys()].find((name) => !allowed.includes(name));
  if (odd) return badRequest(`The query parameter '${odd}' is not supported here.`);
  const unknown = (parameters.get('$select') ?? 'id').split(',').find((name) => !known.has(name));
  return unknown === undefined
    ? null
    : badRequest(`Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`);
}

/** The selected properties a person has. */
export function selected(user: GraphUser, select: string | null): GraphUser {
  const names = new Set(['id', ...(select ?? USUAL).split(',')]);
  return Object.fromEntries(Object.entries(user).filter(([name]) => names.has(name))) as GraphUser;
}

/** As `selected`; what a person does not have is null: how everything but a delta answers. */
export function whole(user: GraphUser, select: string | null): GraphUser {
  const nothing = Object.fromEntries((select ?? USUAL).split(',').map((name) => [name, null]));
  return { ...nothing, ...selected(user, select) };
}

/** The property names of the published schema. */
export function knownProperties(): ReadonlySet<string> {
  const { graph } = JSON.parse(readFileSync(new URL('../directory-contract.json', import.meta.url), 'utf8'));
  return new Set(Object.keys(graph.$defs['microsoft.graph.user'].properties));
}
