import { z } from 'zod';
import { effectiveRoles } from '../../core/held-access.ts';
import { readOrganization } from '../../services/organizations.ts';
import { signIn } from '../../services/sign-in.ts';
import { grant, level } from '../access-view.ts';
import { email } from '../common-schemas.ts';
import { type Route, route } from '../route.ts';
import { holdingOf, readSurroundings, userSchema, viewUser } from '../user-view.ts';

const entitlement = z
  .object({ level, roles: z.array(grant), pools: z.array(z.string()) })
  .meta({ description: 'What they may do now; absent for whoever may not enter.' });

export const signInRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/organizations/:org/sign-ins',
    policy: 'sign-ins',
    name: 'signIn',
    summary: 'Says whether somebody whom the application has authenticated may enter now, and why not.',
    body: z
      .strictObject({
        email,
        subject: z
          .string()
          .min(1)
          .max(255)
          .optional()
          .meta({ description: "The identity provider's id of the person: Google's sub, Microsoft's oid." }),
        issuer: z.string().min(1).max(255).optional(),
        tenantId: z.string().min(1).max(64).optional().meta({ description: "Microsoft's tid." }),
        at: z.iso.datetime({ offset: true }).optional().meta({ description: 'When they signed in.' }),
      })
      .meta({ id: 'SignIn' }),
    answer: z.object({
      allowed: z.boolean(),
      code: z.enum(['allowed', 'unknown', 'blocked', 'scim_held', 'not_activated', 'deactivated', 'terminated']),
      user: userSchema.optional(),
      access: entitlement.optional(),
    }),
    async handle({ deps }, { params: { org }, body: { at: _at, ...attempt } }) {
      await readOrganization(deps, org);
      const { allowed, code, user } = await signIn(deps, org, attempt);
      if (!user) return { allowed, code };
      const surroundings = await readSurroundings(deps, org);
      const holding = await holdingOf(deps, user, surroundings);
      const shown = viewUser(user, surroundings, holding);
      if (!allowed) return { allowed, code, user: shown };
      const { effectiveLevel: level, pools } = shown.access;
      return { allowed, code, user: shown, access: { level, roles: effectiveRoles(holding.held), pools } };
    },
  }),
];
