import { z } from 'zod';
import { setHostId } from '../../services/set-host-id.ts';
import { targetOf } from '../operator.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

export const hostIdRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: '/api/organizations/:org/users/:id/host-id',
    policy: 'people:write',
    name: 'setHostId',
    summary: "Notes the host application's own id of a user, by which the list finds them; null takes it off.",
    body: z
      .strictObject({
        hostId: z.string().trim().min(1).max(200).nullable(),
      })
      .meta({ id: 'HostId' }),
    answer: userSchema,
    versioned: true,
    refusals: ['host_id_taken'],
    async handle({ deps }, call) {
      const user = await setHostId(deps, targetOf(call), call.body.hostId);
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
];
