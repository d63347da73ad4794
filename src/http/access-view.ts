import { z } from 'zod';
import type { HeldAccess } from '../core/held-access.ts';
import type { Access } from '../core/user.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

export const scope = z.strictObject({
  kind: z.enum(['organization', 'job', 'department', 'location']),
  id: z.string().min(1).max(200),
});
export const grant = z.strictObject({ role: z.string().min(1).max(200), scope });
export const level = z.enum(['limited', 'elevated', 'admin']);
export const origin = z.enum(['admin', 'mapping', 'agency']);

const heldGrant = grant
  .extend({
    origin: origin.meta({ description: 'Who gives it: an admin, a group mapping, or the agency.' }),
    mappingId: z.string().optional().meta({ description: 'Which group mapping.' }),
    state: z.enum(['effective', 'dormant']),
    reason: z
      .enum(['not_active', 'role_removed', 'scope_removed', 'level_limited', 'not_restored'])
      .optional()
      .meta({ description: 'Why it is dormant; absent when it is not.' }),
  })
  .meta({ id: 'HeldGrant' });

/** A grant as an admin gives it, or as they read it: what only an answer knows is allowed beside it. */
export const namedGrant = grant.extend(
  heldGrant.pick({ origin: true, mappingId: true, state: true, reason: true }).partial().shape,
);

export const accessSchema = z
  .object({
    level: level.meta({ description: 'As admins have set it.' }),
    roles: z.array(grant).meta({ description: 'As admins have given them.' }),
    dormantRoles: z.array(grant).meta({ description: 'Kept, without effect until the level is raised again.' }),
    pools: z.array(z.string()).meta({ description: 'Interviewer pools.' }),
    effectiveLevel: level.meta({ description: 'The higher one of that and what group mappings lift them to.' }),
    grants: z
      .array(heldGrant)
      .meta({ description: 'Everything they hold, whoever gives it; what several give stands there once for each.' }),
  })
  .meta({ id: 'Access' });

/** Access as set by hand, and what comes of it with everything else. */
export function viewAccess(
  access: Access,
  { effectiveLevel, grants }: HeldAccess,
): Frozen<z.output<typeof accessSchema>> {
  return { ...access, effectiveLevel, grants: grants.map(known) };
}
