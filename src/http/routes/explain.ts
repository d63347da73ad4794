import { z } from 'zod';
import { type Explanation, explainByEmail, explainById } from '../../services/explain-user.ts';
import { email } from '../common-schemas.ts';
import { explanationSchema, viewExplanation } from '../explanation-view.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { holdingOf, readSurroundings } from '../user-view.ts';

const live = z.enum(['true', 'false']).default('false').meta({
  description: 'Asks every connected directory for this one person too; takes up to 5 seconds.',
});

const whom = z
  .strictObject({ email: email.optional(), id: z.string().min(1).max(200).optional(), live })
  .refine(({ email, id }) => (email === undefined) !== (id === undefined), {
    path: ['email'],
    message: 'give either email or id',
  });

export const explainRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/organizations/:org/users/:id/explain',
    policy: 'people:read',
    name: 'explainUser',
    summary: 'Says why a user is as they are: the answer first, then who decides what, and what every source says.',
    query: z.strictObject({ live }),
    answer: explanationSchema,
    async handle({ deps }, { params: { org, id }, query }) {
      const explanation = await explainById(deps, org, id, query.live === 'true');
      return explained(deps, org, explanation);
    },
  }),
  route({
    method: 'get',
    path: '/api/organizations/:org/explain',
    policy: 'people:read',
    name: 'explain',
    summary: 'Says the same about whoever has an address or an id, or why nobody has the address.',
    query: whom,
    answer: explanationSchema,
    async handle({ deps }, { params: { org }, query: { email = '', id, live } }) {
      const isLive = live === 'true';
      const explanation =
        id === undefined ? await explainByEmail(deps, org, email, isLive) : await explainById(deps, org, id, isLive);
      return explained(deps, org, explanation);
    },
  }),
];

async function explained(deps: ApiContext['deps'], organizationId: string, explanation: Explanation) {
  const surroundings = await readSurroundings(deps, organizationId);
  const holding = explanation.user ? await holdingOf(deps, explanation.user, surroundings) : null;
  return viewExplanation(explanation, surroundings, holding);
}
