import { AppError, isAppError, notFound } from '../core/errors.ts';
import { isSwitchedOff, type Settings } from '../core/organization.ts';
import { type Dialect, isReservedName, type ScimConnection } from '../core/scim-connection.ts';
import { timestamp } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import { reviseSettings } from './change-settings.ts';
import type { Dependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';
import { previewSettings, type SettingsPreview } from './preview-settings.ts';

export interface NewConnection {
  readonly name: string;
  readonly dialect?: Dialect | undefined;
  readonly quietPatch?: boolean | undefined;
}

/** What may be changed; absent = stays. */
export interface ConnectionPatch {
  readonly name?: string | undefined;
  readonly dialect?: Dialect | undefined;
  readonly quietPatch?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  /** The digest of the preview, when so many people would leave that it must be confirmed. */
  readonly confirm?: string | undefined;
}

/** Adds a connection. Throws `invalid` for a reserved name, `resource_name_taken` for one that another connection has. */
export async function createConnection(
  deps: Pick<Dependencies, 'stores' | 'clock' | 'identifiers'>,
  organizationId: string,
  { name, dialect = 'compat', quietPatch = false }: NewConnection,
): Promise<ScimConnection> {
  await readOrganization(deps, organizationId);
  refuseReserved(name);
  const at = timestamp(deps.clock);
  const facts = { name, dialect, quietPatch, enabled: true, version: 1 };
  const connection = { id: deps.identifiers.next(), organizationId, ...facts, createdAt: at, updatedAt: at };
  await deps.stores.tokens.insertConnection(connection);
  return connection;
}

/** Throws `not_found`. */
export async function readConnection(
  { stores }: { readonly stores: Pick<Stores, 'tokens'> },
  organizationId: string,
  id: string,
): Promise<ScimConnection> {
  const connection = await stores.tokens.connection(organizationId, id);
  if (!connection) throw notFound('SCIM connection');
  return connection;
}

/** The connection an organization started with. */
export async function readDefaultConnection(
  { stores }: { readonly stores: Pick<Stores, 'tokens'> },
  organizationId: string,
) {
  const [connection] = await stores.tokens.connections(organizationId);
  if (!connection) throw notFound('SCIM connection');
  return connection;
}

/**
 * Changes a connection by compare-and-swap. Nothing changed → nothing written.
 *
 * Switching it on or off is a change of settings first (what it said and owns counts by them, in every write from then on), and only
 * then of the connection itself, whose requests are refused by it: a call that dies in between is mended by saying it again. Throws
 * `precondition_failed` when somebody read another version, and `confirmation_required` as every change of settings does.
 */
export async function changeConnection(
  deps: Dependencies,
  organizationId: string,
  id: string,
  { confirm, ...patch }: ConnectionPatch,
  ifMatch: number | null,
): Promise<ScimConnection> {
  const { enabled } = patch;
  for (let switched = enabled === undefined; ; ) {
    const connection = await readConnection(deps, organizationId, id);
    if (ifMatch !== null && ifMatch !== connection.version)
      throw new AppError('precondition_failed', 'the connection was changed since you read it');
    if (patch.name !== undefined && patch.name !== connection.name) refuseReserved(patch.name);
    if (enabled !== undefined && !switched)
      await reviseSettings(deps, organizationId, (settings) => withSwitch(settings, id, enabled), confirm);
    switched = true;
    const next = patched(connection, patch);
    if (!next) return connection;
    const saved = { ...next, version: connection.version + 1, updatedAt: timestamp(deps.clock) };
    try {
      await deps.stores.tokens.saveConnection(saved);
      return saved;
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
}

/** Tells what switching a connection on or off would do to whom, without writing. */
export async function previewSwitch(
  deps: Dependencies,
  organizationId: string,
  id: string,
  enabled: boolean,
): Promise<SettingsPreview> {
  const organization = await readOrganization(deps, organizationId);
  await readConnection(deps, organizationId, id);
  return previewSettings(deps, organization, withSwitch(organization.settings, id, enabled));
}

/** The settings with a connection on or off, one version on; the very same object when it is so already. */
function withSwitch(settings: Settings, id: string, enabled: boolean): Settings {
  if (isSwitchedOff(settings, id) === !enabled) return settings;
  const others = (settings.scim.switchedOff ?? []).filter((other) => other !== id);
  const switchedOff = enabled ? others : [...others, id];
  return { ...settings, scim: { ...settings.scim, switchedOff }, version: settings.version + 1 };
}

/** Null when nothing would change. */
function patched(connection: ScimConnection, patch: Omit<ConnectionPatch, 'confirm'>): ScimConnection | null {
  const { name = connection.name, dialect = connection.dialect } = patch;
  const { quietPatch = connection.quietPatch, enabled = connection.enabled } = patch;
  const facts = { name, dialect, quietPatch, enabled };
  const isSame = (Object.keys(facts) as (keyof typeof facts)[]).every((key) => facts[key] === connection[key]);
  return isSame ? null : { ...connection, ...facts };
}

function refuseReserved(name: string): void {
  if (isReservedName(name))
    throw new AppError('invalid', 'this name means something else already; choose another', { attribute: 'name' });
}
