import { randomBytes } from 'node:crypto';
import { AppError, isAppError, notFound } from '../core/errors.ts';
import { type ClientSecret, livingSecrets, MOST_LIVING_SECRETS, type ScimClient } from '../core/scim-client.ts';
import { SCIM_SCOPES, type ScimScope } from '../core/scim-token.ts';
import { formatToken, makeTokenParts, TOKEN_RANDOM_BYTES } from '../core/scim-token-format.ts';
import { hoursAfter, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { readConnection } from './scim-connections.ts';

const DEFAULT_LIFE_DAYS = 730;

export type ClientDependencies = Pick<Dependencies, 'stores' | 'secrets' | 'clock' | 'identifiers'>;

export interface NewClient {
  readonly name: string;
  readonly scopes?: readonly ScimScope[] | undefined;
  /** Of its first secret. */
  readonly expiresInDays?: number | undefined;
}

/** A client, and a secret that is in this answer and nowhere else, ever. */
export interface MadeSecret {
  readonly client: ScimClient;
  readonly secretId: string;
  readonly secret: string;
}

/** Which client of which connection. */
export interface ClientPlace {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly clientId: string;
}

/** Makes a client of a SCIM connection, with its first secret. */
export async function createClient(
  deps: ClientDependencies,
  organizationId: string,
  connectionId: string,
  { name, scopes = SCIM_SCOPES, expiresInDays }: NewClient,
): Promise<MadeSecret> {
  await readConnection(deps, organizationId, connectionId);
  const at = timestamp(deps.clock);
  const { row, secret } = makeSecret(deps, expiresInDays);
  const belongs = { id: deps.identifiers.next(), organizationId, connectionId };
  const client = {
    ...belongs,
    name,
    version: 1,
    scopes,
    secrets: [row],
    revokedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  await deps.stores.clients.insert(client);
  return { client, secretId: row.id, secret };
}

/** Adds a secret to a client, so that it can change to it without a pause. Throws `token_limit` while two are alive. */
export async function addClientSecret(
  deps: ClientDependencies,
  place: ClientPlace,
  expiresInDays: number | undefined,
): Promise<MadeSecret> {
  const { row, secret } = makeSecret(deps, expiresInDays);
  const client = await change(deps, place, (former) => {
    const living = livingSecrets(former, deps.clock.now());
    if (living.length >= MOST_LIVING_SECRETS)
      throw new AppError('token_limit', 'this client has two living secrets already; revoke one first');
    return { ...former, secrets: [...living, row] };
  });
  return { client, secretId: row.id, secret };
}

/** Takes a secret away; every access token that was got with it is dead within a second. Throws `not_found`. */
export async function revokeClientSecret(deps: ClientDependencies, place: ClientPlace, id: string): Promise<void> {
  await change(deps, place, (client) => {
    const secrets = client.secrets.filter((secret) => secret.id !== id);
    if (secrets.length === client.secrets.length) throw notFound('secret');
    return { ...client, secrets };
  });
}

/** Revokes a client with all its secrets and access tokens. Throws `not_found` when there is no such living one. */
export async function revokeClient(deps: ClientDependencies, place: ClientPlace): Promise<void> {
  const revokedAt = timestamp(deps.clock);
  await change(deps, place, (client) => ({ ...client, secrets: [], revokedAt }));
}

async function change(
  deps: ClientDependencies,
  { organizationId, connectionId, clientId }: ClientPlace,
  make: (client: ScimClient) => ScimClient,
): Promise<ScimClient> {
  for (;;) {
    const client = await deps.stores.clients.get(organizationId, clientId);
    if (client?.connectionId !== connectionId || client.revokedAt !== null) throw notFound('living client');
    const next = { ...make(client), version: client.version + 1, updatedAt: timestamp(deps.clock) };
    try {
      await deps.stores.clients.save(next);
      return next;
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
}

function makeSecret(
  { secrets, clock }: ClientDependencies,
  expiresInDays = DEFAULT_LIFE_DAYS,
): { readonly row: ClientSecret; readonly secret: string } {
  const parts = makeTokenParts(randomBytes(TOKEN_RANDOM_BYTES));
  const secret = formatToken(parts.keyId, parts.secret, 'rcl_secret');
  const createdAt = timestamp(clock);
  const expiresAt = hoursAfter(createdAt, expiresInDays * 24);
  return { row: { id: parts.keyId, digest: secrets.digest(secret), expiresAt, lastUsedAt: null, createdAt }, secret };
}
