import { type Answer, ask } from './client.ts';
import { Complaint } from './complaint.ts';
import type { Player } from './player.ts';

/** Where a player plays, and by what its people are told from those of other plays. */
export interface Target {
  /** The base URL an administrator would type in. */
  readonly base: string;
  readonly token: string;
  readonly run: string;
  readonly domain: string;
}

/** Somebody in the provider's directory. */
export interface Person {
  readonly userName: string;
  /** The provider's own id of them. */
  readonly externalId: string;
  readonly givenName: string;
  readonly familyName: string;
}

/** What a player works with: its directory, and requests as it sends them. */
export interface Desk {
  /** Of the base URL. */
  readonly host: string;
  readonly run: string;
  person(givenName: string, familyName: string): Person;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  patch(path: string, operations: readonly unknown[]): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Paths of what was made by POST and not deleted since, the newest first. */
  left(): readonly string[];
}

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const CREATED = 201;
const NO_CONTENT = 204;

export function createDesk({ headers, contentType }: Player, { base, token, run, domain }: Target): Desk {
  const made: string[] = [];

  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const type = body === undefined ? {} : { 'content-type': contentType };
    const sent = { method, path, body, headers: { ...headers, ...type, authorization: `Bearer ${token}` } };
    const answer = await ask(base, sent).catch((error: unknown) => {
      throw new Complaint(`${method} ${path} was not answered: ${String(error)}`, { cause: error });
    });
    if (method === 'POST' && answer.status === CREATED) made.unshift(`${path}/${answer.body?.id}`);
    if (method === 'DELETE' && answer.status === NO_CONTENT && made.includes(path)) made.splice(made.indexOf(path), 1);
    return answer;
  };

  return {
    host: new URL(base).hostname,
    run,
    person: (givenName, familyName) => ({
      userName: `${givenName}.${run}@${domain}`.toLowerCase(),
      externalId: `${run}-${givenName}-${familyName}`,
      givenName,
      familyName,
    }),
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, operations) => send('PATCH', path, { schemas: [PATCH_OP], Operations: operations }),
    delete: (path) => send('DELETE', path),
    left: () => made,
  };
}

/** A query as providers write it: spaces as %20. */
export function query(parameters: { readonly [name: string]: string | number }): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}
