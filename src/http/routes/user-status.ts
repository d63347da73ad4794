import { z } from 'zod';
import type { ErrorCode } from '../../core/errors.ts';
import type { User } from '../../core/user.ts';
import type { AdminTarget } from '../../services/admin-change.ts';
import { activateUser, deactivateUser, terminateUser } from '../../services/change-status.ts';
import type { WriteDependencies } from '../../services/dependencies.ts';
import { releaseUser } from '../../services/release-user.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewUser } from '../user-view.ts';

const bodySchema = z
  .strictObject({ reason: z.string().trim().max(500).optional().meta({ description: 'Written to the log.' }) })
  .meta({ id: 'StatusChange' });

type Act = (deps: WriteDependencies, target: AdminTarget) => Promise<User>;

const ACTIONS: readonly (readonly [action: string, act: Act, summary: string, refusals: readonly ErrorCode[]])[] = [
  ['activate', activateUser, 'Activates a user by hand; who returns comes back with limited access.', []],
  ['deactivate', deactivateUser, 'Deactivates a user by hand; pools are left, roles kept dormant.', ['last_admin']],
  ['terminate', terminateUser, 'Terminates a user; roles are erased.', ['last_admin']],
  [
    'release',
    releaseUser,
    'Ends the ownership of a SCIM connection: every connection sees the user then, and may take them over.',
    ['last_admin'],
  ],
];

export const statusRoutes: readonly Route[] = ACTIONS.map(([action, act, summary, refusals]) =>
  route({
    method: 'post',
    path: `/api/organizations/:org/users/:id/${action}`,
    policy: 'operator',
    name: `${action}User`,
    summary,
    body: bodySchema,
    bodyOptional: true,
    answer: userSchema,
    versioned: true,
    refusals: ['overridden', ...refusals],
    async handle({ deps }, call) {
      const target = targetOf(call);
      const user = await act(deps, target);
      const { organizationId, userId } = target;
      const { reason } = call.body;
      if (reason) deps.logger.info({ organizationId, userId, action, reason }, 'an operator gave a reason');
      return viewUser(user, await readSurroundings(deps, organizationId));
    },
  }),
);
