import { AppError, isAppError } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import type { Json } from '../core/json.ts';
import { sameJson } from '../core/json.ts';
import type { DirectorySettings, Organization, ScimSettings, Settings } from '../core/organization.ts';
import type { CustomField } from '../core/person-attributes.ts';
import { DIRECTORIES } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { writeDue } from './due-times.ts';
import { readOrganization } from './organizations.ts';
import { previewSettings, type SettingsPreview } from './preview-settings.ts';
import { startRun } from './start-run.ts';
import { SWEEP, sweepOf } from './sweep.ts';

/** What may be changed; absent = stays. */
export interface SettingsPatch {
  readonly scim?: ScimPatch | undefined;
  readonly google?: DirectoryPatch | undefined;
  readonly microsoft?: DirectoryPatch | undefined;
  readonly linkExistingUsers?: Settings['linkExistingUsers'] | undefined;
  readonly onScimDelete?: Settings['onScimDelete'] | undefined;
  readonly domains?: readonly string[] | undefined;
  /** null: not known. */
  readonly signInUrl?: string | null | undefined;
  readonly customFields?: readonly CustomField[] | undefined;
  /** The digest of the preview, when so many people would leave that it must be confirmed. */
  readonly confirm?: string | undefined;
}

interface ScimPatch {
  readonly enabled?: boolean | undefined;
  readonly haltMassDeactivations?: boolean | undefined;
}

interface DirectoryPatch {
  readonly syncUsers?: boolean | undefined;
  readonly autoEnableUsers?: boolean | undefined;
}

/** The settings an organization would have, one version on; the very same object when the patch changes nothing. */
export function patchedSettings(settings: Settings, patch: SettingsPatch): Settings {
  const { signInUrl: _, customFields: __, ...rest } = settings;
  const next: Settings = {
    ...rest,
    ...patchedOptions(settings, patch),
    scim: patchedScim(settings.scim, patch.scim),
    google: patchedDirectory(settings.google, patch.google),
    microsoft: patchedDirectory(settings.microsoft, patch.microsoft),
    linkExistingUsers: patch.linkExistingUsers ?? settings.linkExistingUsers,
    onScimDelete: patch.onScimDelete ?? settings.onScimDelete,
    domains: patch.domains ? [...new Set(patch.domains.map(fold))] : settings.domains,
  };
  if (sameJson(next as unknown as Json, settings as unknown as Json)) return settings;
  return { ...next, version: settings.version + 1 };
}

/** What an organization may be without. */
function patchedOptions(settings: Settings, patch: SettingsPatch): Pick<Settings, 'signInUrl' | 'customFields'> {
  const { signInUrl = settings.signInUrl ?? null, customFields = settings.customFields ?? [] } = patch;
  return {
    ...(signInUrl === null ? {} : { signInUrl }),
    ...(customFields.length === 0 ? {} : { customFields }),
  };
}

function patchedScim(settings: ScimSettings, patch: ScimPatch = {}): ScimSettings {
  const { enabled = settings.enabled, haltMassDeactivations = settings.haltMassDeactivations } = patch;
  return { ...settings, enabled, ...(haltMassDeactivations === undefined ? {} : { haltMassDeactivations }) };
}

function patchedDirectory(settings: DirectorySettings, patch: DirectoryPatch | undefined): DirectorySettings {
  const syncUsers = patch?.syncUsers ?? settings.syncUsers;
  const autoEnableUsers = patch?.autoEnableUsers ?? settings.autoEnableUsers;
  const syncVersion = settings.syncVersion + (syncUsers === settings.syncUsers ? 0 : 1);
  return { syncUsers, autoEnableUsers, syncVersion };
}

/** Tells what a patch would do to whom, without writing. */
export async function previewPatch(deps: Dependencies, id: string, patch: SettingsPatch): Promise<SettingsPreview> {
  const organization = await readOrganization(deps, id);
  return previewSettings(deps, organization, patchedSettings(organization.settings, patch));
}

/**
 * Changes an organization's settings: versioned, by compare-and-swap, followed by a sweep over its stored people.
 *
 * A change under which more people would leave than the guard lets through needs `confirm` with the preview's digest, else throws
 * `confirmation_required` with the preview in its details. Nothing changed → nothing written. Switching a directory's sync on
 * starts a run when the directory is connected.
 */
export async function changeSettings(deps: Dependencies, id: string, patch: SettingsPatch): Promise<Organization> {
  return reviseSettings(deps, id, (settings) => patchedSettings(settings, patch), patch.confirm);
}

/** The same for whatever else stands in the settings; `revise` is pure and returns its very argument when nothing changes. */
export async function reviseSettings(
  deps: Dependencies,
  id: string,
  revise: (settings: Settings) => Settings,
  confirm: string | undefined,
): Promise<Organization> {
  for (;;) {
    const organization = await readOrganization(deps, id);
    const settings = revise(organization.settings);
    if (settings === organization.settings) return organization;
    await checkConfirmed(deps, organization, settings, confirm);
    const next: Organization = {
      ...organization,
      settings,
      sweep: sweepOf(settings.version),
      version: organization.version + 1,
      updatedAt: timestamp(deps.clock),
    };
    try {
      await deps.stores.organizations.save(next);
    } catch (error) {
      if (isAppError(error, 'stale')) continue;
      throw error;
    }
    await deps.queue.enqueue(SWEEP, { organizationId: id }, { key: id });
    await startSwitchedOn(deps, organization, settings);
    return next;
  }
}

async function checkConfirmed(
  deps: Dependencies,
  organization: Organization,
  settings: Settings,
  confirm: string | undefined,
): Promise<void> {
  if (!decidesStatus(organization.settings, settings)) return;
  const preview = await previewSettings(deps, organization, settings);
  if (!preview.needsConfirmation || confirm === preview.digest) return;
  throw new AppError(
    'confirmation_required',
    'so many people would lose their active status that the change needs the digest of its preview in "confirm"',
    { preview },
  );
}

/** Whether a change of settings can move anybody's status at all. */
function decidesStatus(before: Settings, after: Settings): boolean {
  return !sameJson(decisive(before), decisive(after));
}

function decisive({ scim: { enabled, switchedOff = [] }, google, microsoft }: Settings): Json {
  return [enabled, switchedOff, google, microsoft] as unknown as Json;
}

async function startSwitchedOn(
  deps: Dependencies,
  { id, settings: before }: Organization,
  after: Settings,
): Promise<void> {
  for (const source of DIRECTORIES) {
    if (before[source].syncUsers === after[source].syncUsers) continue;
    const integration = await deps.stores.integrations.get(id, source);
    if (!integration) continue;
    await writeDue(deps, id, source);
    if (after[source].syncUsers) await startRun(deps, id, source, 'settings');
  }
}
