import { z } from 'zod';
import { setAccess } from '../../services/set-access.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { grant, level, readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

export const accessRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: '/api/organizations/:org/users/:id/access',
    policy: 'operator',
    name: 'setAccess',
    summary: 'Sets level, roles and pools of an active user; roles or pools left out stay.',
    body: z
      .strictObject({
        level,
        roles: z.array(grant).max(200).optional(),
        pools: z.array(z.string().min(1).max(200)).max(200).optional(),
      })
      .meta({ id: 'AccessEdit' }),
    answer: userSchema,
    versioned: true,
    refusals: ['not_active', 'roles_need_elevated', 'agency_user', 'last_admin'],
    async handle({ deps }, call) {
      const { pools, ...rest } = call.body;
      const user = await setAccess(deps, targetOf(call), { ...rest, pools: pools && [...new Set(pools)] });
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
];
