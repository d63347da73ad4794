import { z } from 'zod';
import { changeStatus, type LifecycleAction, previewStatus } from '../../services/change-status.ts';
import { releaseUser } from '../../services/release-user.ts';
import { lifecyclePreviewSchema, previewQuery, reason } from '../lifecycle-view.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

const bodySchema = z.strictObject({ reason }).meta({ id: 'StatusChange' });

const ACTIONS: readonly (readonly [action: LifecycleAction, summary: string])[] = [
  ['activate', 'Activates a user by hand; who returns comes back with limited access.'],
  ['deactivate', 'Deactivates a user by hand; pools are left, roles kept dormant.'],
  ['terminate', 'Terminates a user; roles are erased.'],
];

export const statusRoutes: readonly Route[] = [
  ...ACTIONS.map(([action, summary]) =>
    route({
      method: 'post',
      path: `/api/organizations/:org/users/:id/${action}`,
      policy: 'people:write',
      name: `${action}User`,
      summary: `${summary} With preview=true, tells what that would do.`,
      query: previewQuery,
      body: bodySchema,
      bodyOptional: true,
      answer: z.union([userSchema, lifecyclePreviewSchema]),
      versioned: true,
      refusals: ['overridden', action === 'activate' ? 'agency_archived' : 'last_admin'],
      async handle({ deps }, call) {
        const target = { ...targetOf(call), reason: call.body.reason };
        if (call.query.preview === 'true') return previewStatus(deps, target, action);
        const user = await changeStatus(deps, target, action);
        return viewOneUser(deps, user, await readSurroundings(deps, target.organizationId));
      },
    }),
  ),
  route({
    method: 'post',
    path: '/api/organizations/:org/users/:id/release',
    policy: 'people:write',
    name: 'releaseUser',
    summary: 'Ends the ownership of a SCIM connection: every connection sees the user then, and may take them over.',
    body: bodySchema,
    bodyOptional: true,
    answer: userSchema,
    versioned: true,
    refusals: ['overridden', 'last_admin'],
    async handle({ deps }, call) {
      const target = { ...targetOf(call), reason: call.body.reason };
      const user = await releaseUser(deps, target);
      return viewOneUser(deps, user, await readSurroundings(deps, target.organizationId));
    },
  }),
];
