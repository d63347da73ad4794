import { z } from 'zod';
import { previewAgency, setAgency } from '../../services/set-agency.ts';
import { lifecyclePreviewSchema, previewQuery, reason } from '../lifecycle-view.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

export const userAgencyRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: '/api/organizations/:org/users/:id/agency',
    policy: 'people:write',
    name: 'setAgency',
    summary:
      'Makes somebody a user of an agency, or, with null, an employee: pools are left, the level is limited, own roles become dormant. With preview=true, tells what that would do.',
    query: previewQuery,
    body: z
      .strictObject({
        agencyId: z.string().min(1).max(200).nullable().meta({ description: 'null: an employee.' }),
        reason,
      })
      .meta({ id: 'AgencyChange' }),
    answer: z.union([userSchema, lifecyclePreviewSchema]),
    versioned: true,
    refusals: ['overridden', 'agency_archived', 'last_admin', 'email_taken'],
    async handle({ deps }, call) {
      const { agencyId, reason: why } = call.body;
      const target = { ...targetOf(call), reason: why };
      if (call.query.preview === 'true') return previewAgency(deps, target, agencyId);
      const user = await setAgency(deps, target, agencyId);
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
];
