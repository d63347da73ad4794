import { z } from 'zod';
import { changeSettings, previewPatch } from '../../services/change-settings.ts';
import { readOrganization } from '../../services/organizations.ts';
import { type Route, route } from '../route.ts';
import { patchSettingsSchema, previewSchema, settingsSchema, viewPreview, viewSettings } from '../settings-view.ts';

const PATH = '/api/organizations/:org/settings';

const PUSH_AGAIN =
  'SCIM is on. The identity provider must push everybody again: it does not repeat what it sent while SCIM was off.';

export const settingsRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'settings',
    name: 'readSettings',
    summary: 'Reads the settings that decide what is true about the people of an organization.',
    answer: settingsSchema,
    handle: async ({ deps }, { params }) => viewSettings(await readOrganization(deps, params.org)),
  }),
  route({
    method: 'patch',
    path: PATH,
    policy: 'settings',
    name: 'changeSettings',
    summary: 'Changes settings, or, with preview=true, tells what that would do to whom.',
    query: z.strictObject({ preview: z.enum(['true', 'false']).default('false') }),
    body: patchSettingsSchema,
    answer: z.union([settingsSchema, previewSchema]),
    refusals: ['confirmation_required'],
    async handle({ deps }, { params: { org }, query: { preview }, body }) {
      if (preview === 'true') return viewPreview(await previewPatch(deps, org, body));
      const before = await readOrganization(deps, org);
      const after = await changeSettings(deps, org, body);
      const switchedOn = !before.settings.scim.enabled && after.settings.scim.enabled;
      return { ...viewSettings(after), ...(switchedOn ? { notice: PUSH_AGAIN } : {}) };
    },
  }),
];
