import { z } from 'zod';
import { changeAccess, previewAccess } from '../../services/set-access.ts';
import { accessSchema, grant, level, namedGrant, viewAccess } from '../access-view.ts';
import { previewQuery } from '../lifecycle-view.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

/** By hand 200 at most; those that others give may be sent back beside them. */
const MOST_NAMED = 1_000;

const told = {
  restored: z.array(grant).meta({ description: 'Dormant roles that came back.' }),
  skipped: z
    .array(grant.extend({ reason: z.enum(['role_removed', 'scope_removed']) }))
    .meta({ description: 'Dormant roles that stay dormant, as the role or the scope is gone.' }),
};

export const accessRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: '/api/organizations/:org/users/:id/access',
    policy: 'people:write',
    name: 'setAccess',
    summary:
      'Sets level, roles and pools of an active user; roles or pools left out stay. With preview=true, tells what that would do.',
    query: previewQuery,
    body: z
      .strictObject({
        level,
        roles: z.array(namedGrant).max(MOST_NAMED).optional().meta({
          description: 'All that are given by hand. `grants` may be sent back as read: what others give stays theirs.',
        }),
        pools: z.array(z.string().min(1).max(200)).max(200).optional(),
        restore: z.boolean().optional().meta({
          description: 'Whether dormant roles come back; they do by themselves when the level leaves limited.',
        }),
      })
      .meta({ id: 'AccessEdit' }),
    answer: z.union([
      userSchema.extend(told).meta({ id: 'UserWithAccess' }),
      z.object({ from: accessSchema, to: accessSchema, ...told }).meta({ id: 'AccessPreview' }),
    ]),
    versioned: true,
    refusals: [
      'not_active',
      'roles_need_elevated',
      'agency_user',
      'last_admin',
      'own_access',
      'mapped_grant',
      'unknown_role',
      'unknown_scope',
      'unknown_pool',
    ],
    async handle({ deps }, call) {
      if (call.query.preview === 'true') {
        const { from, to, ...rest } = await previewAccess(deps, targetOf(call), call.body);
        return { from: viewAccess(from, from), to: viewAccess(to, to), ...rest };
      }
      const { user, restored, skipped } = await changeAccess(deps, targetOf(call), call.body);
      return { ...(await viewOneUser(deps, user, await readSurroundings(deps, call.params.org))), restored, skipped };
    },
  }),
];
