import { z } from 'zod';
import { explainByEmail, explainById } from '../../services/explain-user.ts';
import { email } from '../common-schemas.ts';
import { explanationSchema, viewExplanation } from '../explanation-view.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings } from '../user-view.ts';

export const explainRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/organizations/:org/users/:id/explain',
    policy: 'operator',
    name: 'explainUser',
    summary: 'Says why a user is as they are: the status in a sentence, who decides what, what every source says.',
    answer: explanationSchema,
    async handle({ deps }, { params: { org, id } }) {
      const explanation = await explainById(deps, org, id);
      return viewExplanation(explanation, await readSurroundings(deps, org));
    },
  }),
  route({
    method: 'get',
    path: '/api/organizations/:org/explain',
    policy: 'operator',
    name: 'explainEmail',
    summary: 'Says the same about whoever has an address, or why nobody has it.',
    query: z.strictObject({ email }),
    answer: explanationSchema,
    async handle({ deps }, { params: { org }, query }) {
      const explanation = await explainByEmail(deps, org, query.email);
      return viewExplanation(explanation, await readSurroundings(deps, org));
    },
  }),
];
