import { z } from 'zod';
import { blockUser, unblockUser } from '../../services/block-user.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

const PATH = '/api/organizations/:org/users/:id/block';

export const blockRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: PATH,
    policy: 'people:write',
    name: 'blockUser',
    summary: 'Stops a user from signing in at once, whatever any source says. Status and what SCIM sees stay.',
    body: z.strictObject({ reason: z.string().trim().min(1).max(500) }).meta({ id: 'NewBlock' }),
    answer: userSchema,
    versioned: true,
    async handle({ deps }, call) {
      const user = await blockUser(deps, targetOf(call), call.body.reason);
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
  route({
    method: 'delete',
    path: PATH,
    policy: 'people:write',
    name: 'unblockUser',
    summary: 'Lifts the block of a user.',
    answer: userSchema,
    versioned: true,
    async handle({ deps }, call) {
      const user = await unblockUser(deps, targetOf(call));
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
];
