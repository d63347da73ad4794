import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createScimRouter, SCIM_MOUNT } from '../../scim/http/create-scim-router.ts';
import type { ScimPrincipal } from '../../scim/http/principal.ts';
import type { Organization, Settings } from '../../src/core/organization.ts';
import { GROUP, type ScimResource } from '../../src/core/scim-resource.ts';
import type { ScimScope } from '../../src/core/scim-token.ts';
import { recordOf, type SourceRecord, type User } from '../../src/core/user.ts';
import type { LogFacts } from '../../src/ports/logger.ts';
import type { ShownMember } from '../../src/ports/resource-store.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { createIdentifiers } from '../../src/runtime/time-ordered-identifiers.ts';
import { createSecrets } from '../../src/secrets/aes-secrets.ts';
import type { WriteDependencies } from '../../src/services/dependencies.ts';
import { createGroupMembership } from '../../src/services/group-membership.ts';
import { createTurns } from '../../src/services/lost-races.ts';
import { createOrganization } from '../../src/services/organizations.ts';
import { createProvisionResource } from '../../src/services/provision-resource.ts';
import { createProvisionUser, type ProvisionUser } from '../../src/services/provision-user.ts';
import { createConnection } from '../../src/services/scim-connections.ts';
import { authenticateScimToken, createScimToken } from '../../src/services/scim-tokens.ts';
import { openEmbeddedStores } from '../../src/store/open.ts';
import type { OpenStores } from '../contracts/open-stores.ts';
import { createScimClient, type ScimClient } from './client.ts';

export interface ScimServerOptions {
  /** Whether SCIM is switched on; it is unless told. */
  readonly enabled?: boolean;
  readonly settings?: Partial<Settings>;
  readonly principal?: Partial<ScimPrincipal>;
  /** Whether the test means something to crash; otherwise `stop` throws what did. */
  readonly crashes?: boolean;
  readonly scanLimit?: number;
  /** Opens an empty store; the embedded one unless told. */
  readonly open?: OpenStores;
  /** Puts something else in the place of the service, to see what the protocol makes of it. */
  readonly users?: (users: ProvisionUser) => ProvisionUser;
}

/** A group in the store. */
export interface StoredGroup extends ScimResource {
  /** In the order in which they came in. */
  readonly members: readonly ShownMember[];
}

/** A tenant of the test server, and a client with its token. */
export interface Tenant extends ScimClient {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly token: string;
  makeToken(scopes: readonly ScimScope[]): Promise<string>;
  /** The stored person behind a SCIM id; throws when there is none. */
  stored(scimId: string): Promise<User>;
  /** A group as it is stored, with its members; null when there is none. */
  storedGroup(id: string): Promise<StoredGroup | null>;
  /** What this tenant's connection said about them. */
  record(scimId: string): Promise<SourceRecord>;
  countUsers(): Promise<number>;
  change(settings: Partial<Settings>): Promise<void>;
}

/** A listening server with the real router, services and store, and a first tenant. */
export interface ScimServer extends Tenant {
  readonly url: string;
  readonly deps: WriteDependencies & { readonly stores: Stores };
  /** What was logged as an error. */
  readonly crashes: readonly LogFacts[];
  advance(ms: number): void;
  addTenant(options?: ScimServerOptions): Promise<Tenant>;
  /** Another connection of the first tenant's organization. */
  addConnection(name: string): Promise<Tenant>;
  stop(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1 with an empty store and a clock that only `advance` moves. */
export async function startScim(options: ScimServerOptions = {}): Promise<ScimServer> {
  let now = Date.parse('2026-10-01T12:00:00.000Z');
  const clock = { now: () => now };
  const crashes: LogFacts[] = [];
  const quiet = () => {};
  const logger = { debug: quiet, info: quiet, warn: quiet, error: (facts: LogFacts) => void crashes.push(facts) };
  const stores = await (options.open?.(clock) ?? openEmbeddedStores({ dataDir: ':memory:', clock }));
  const deps = { stores, clock, logger, identifiers: createIdentifiers(clock), onEvents: quiet, inTurn: createTurns() };
  const tokens = { ...deps, secrets: createSecrets(Buffer.alloc(32, 7)) };
  const users = createProvisionUser(deps);

  const app = express().disable('x-powered-by').set('etag', false);
  let url = '';
  const router = createScimRouter({
    users: options.users?.(users) ?? users,
    resources: createProvisionResource(deps),
    membership: createGroupMembership(deps),
    authenticate: async (token, userAgent) => {
      const principal = await authenticateScimToken(tokens, token, userAgent);
      return principal && { ...principal, ...options.principal };
    },
    configuration: stores.configurations.recent,
    publicUrl: () => url,
    logger,
    clock,
    secrets: tokens.secrets,
    ...(options.scanLimit === undefined ? {} : { scanLimit: options.scanLimit }),
  });
  const server = app.use(SCIM_MOUNT, router).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const addTenant = async (tenantOptions: ScimServerOptions = {}): Promise<Tenant> => {
    const organization = await createOrganization(deps, { name: 'Example', domains: ['example.com'] });
    const tenant = await openTenant(tokens, url, organization.id);
    await tenant.change({ scim: { enabled: tenantOptions.enabled ?? true }, ...tenantOptions.settings });
    return tenant;
  };
  const first = await addTenant(options);
  const addConnection = async (name: string): Promise<Tenant> => {
    const { id } = await createConnection(deps, first.organizationId, { name });
    return openTenant(tokens, url, first.organizationId, id);
  };
  const advance = (ms: number) => {
    now += ms;
  };
  const stop = async () => {
    await close(server, stores);
    if (crashes[0] && !options.crashes) throw crashes[0].error;
  };
  return { ...first, url, deps, crashes, advance, addTenant, addConnection, stop };
}

async function openTenant(
  deps: Parameters<typeof createScimToken>[0],
  url: string,
  organizationId: string,
  connectionId?: string,
): Promise<Tenant> {
  const { stores } = deps;
  const { row, token } = await createScimToken(deps, organizationId, { name: 'test', connectionId });
  const stored = async (scimId: string): Promise<User> => {
    const user = await stores.users.findByScimId(organizationId, scimId);
    if (!user) throw new Error(`nobody is stored with SCIM id ${scimId}`);
    return user;
  };
  return {
    ...createScimClient(`${url}${SCIM_MOUNT}/${organizationId}`, token),
    organizationId,
    connectionId: row.connectionId,
    token,
    makeToken: async (scopes) => (await createScimToken(deps, organizationId, { name: 'second', scopes })).token,
    stored,
    async record(scimId) {
      const record = recordOf(await stored(scimId), 'scim', row.connectionId);
      if (!record) throw new Error(`the connection said nothing about ${scimId}`);
      return record;
    },
    async storedGroup(id) {
      const space = { organizationId, connectionId: row.connectionId, type: GROUP };
      const group = await stores.resources.get(space, id);
      const members = (await stores.resources.members(space, [id])).get(id)?.members ?? [];
      return group && { ...group, members };
    },
    countUsers: () => stores.users.count(organizationId, null),
    change: (settings) => changeSettings(stores, organizationId, settings),
  };
}

async function changeSettings(stores: Stores, organizationId: string, change: Partial<Settings>): Promise<void> {
  const organization = (await stores.organizations.get(organizationId)) as Organization;
  const { settings } = organization;
  await stores.organizations.save({
    ...organization,
    version: organization.version + 1,
    settings: { ...settings, ...change, version: settings.version + 1 },
  });
}

async function close(server: Server, stores: Stores): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await stores.close();
}
