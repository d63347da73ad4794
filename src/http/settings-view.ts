import { z } from 'zod';
import type { PreviewItem } from '../core/change-summary.ts';
import type { DirectorySettings, Organization } from '../core/organization.ts';
import type { SettingsPreview } from '../services/preview-settings.ts';
import { withAttributeNames } from './attribute-names.ts';
import { values } from './common-schemas.ts';
import { customFieldsSchema } from './custom-fields.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

const haltMassDeactivations = z.boolean().meta({
  description: 'A SCIM connection that deactivates too many users within ten minutes is held up for a while.',
});
const switches = { syncUsers: z.boolean(), autoEnableUsers: z.boolean() };
const directoryPatch = z.strictObject(switches).partial();
const directorySettings = z.object(switches);

const linkExistingUsers = z.enum(['auto', 'ask']);
const onScimDelete = z.enum(['deactivate', 'terminate']);

/** A domain such as example.com; people's addresses end in it. */
export const domain = z
  .string()
  .trim()
  .max(253)
  .regex(/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u, 'must be a domain such as example.com');

/** Where people sign in; shown on active people for sharing. */
const signInUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://app.example.com/sign-in' })
  .max(2_000)
  .meta({ description: 'Where people sign in; shown on active people, to be shared by hand. null: not known.' });

export const patchSettingsSchema = z
  .strictObject({
    scim: z.strictObject({ enabled: z.boolean(), haltMassDeactivations }).partial(),
    google: directoryPatch,
    microsoft: directoryPatch,
    linkExistingUsers,
    onScimDelete,
    domains: z.array(domain).max(100),
    signInUrl: signInUrl.nullable(),
    customFields: customFieldsSchema,
    confirm: z.string().max(200).meta({ description: 'The digest of the preview of a change that must be confirmed.' }),
  })
  .partial()
  .meta({ id: 'SettingsEdit', description: 'What is absent stays as it is.' });

export const settingsSchema = z
  .object({
    version: z.int(),
    scim: z.object({ enabled: z.boolean(), haltMassDeactivations }),
    google: directorySettings,
    microsoft: directorySettings,
    linkExistingUsers,
    onScimDelete,
    domains: z.array(z.string()),
    signInUrl: z.string().optional(),
    customFields: customFieldsSchema,
    sweep: z
      .object({ state: z.enum(['idle', 'running']), version: z.int(), visited: z.int(), changed: z.int() })
      .meta({ description: 'Carries the last change of settings to everybody; filters may lag while it is running.' }),
    notice: z.string().optional().meta({ description: 'What somebody has to do now.' }),
  })
  .meta({ id: 'Settings' });

const previewItem = z.object({
  user: z.object({ id: z.string(), name: z.string().optional(), email: z.string().optional() }),
  from: values,
  to: values,
  effects: z.array(z.string()),
  why: z.string(),
});

export const previewSchema = z
  .object({
    changes: z.object({
      total: z.int(),
      byStatus: z.record(z.string(), z.int()).meta({ description: 'Such as "active → deactivated".' }),
    }),
    items: z.array(previewItem).meta({ description: 'The first 100 people who would change.' }),
    digest: z.string(),
    needsConfirmation: z.boolean(),
  })
  .meta({ id: 'SettingsPreview', description: 'What a change of settings would do; nothing was written.' });

/** An organization's settings, and how far their last change has got. */
export function viewSettings({ settings, sweep }: Organization): Frozen<z.output<typeof settingsSchema>> {
  const { version, scim, google, microsoft, linkExistingUsers, onScimDelete, domains } = settings;
  const { signInUrl, customFields = [] } = settings;
  const { state, visited, changed } = sweep;
  return {
    version,
    scim: { enabled: scim.enabled, haltMassDeactivations: scim.haltMassDeactivations ?? false },
    google: viewSwitches(google),
    microsoft: viewSwitches(microsoft),
    linkExistingUsers,
    onScimDelete,
    domains,
    ...(signInUrl === undefined ? {} : { signInUrl }),
    customFields,
    sweep: { state, version: sweep.version, visited, changed },
  };
}

const viewSwitches = ({ syncUsers, autoEnableUsers }: DirectorySettings) => ({ syncUsers, autoEnableUsers });

/** A preview under the names of the API. */
export function viewPreview({ changes, items, digest, needsConfirmation }: SettingsPreview) {
  return { changes, items: items.map(viewItem), digest, needsConfirmation };
}

function viewItem({ user, from, to, effects, why }: PreviewItem) {
  return { user: known(user), from: withAttributeNames(from), to: withAttributeNames(to), effects, why };
}
