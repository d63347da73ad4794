import { z } from 'zod';
import { exportUsers } from '../../services/export-users.ts';
import { csvText } from '../csv-text.ts';
import { type Route, route } from '../route.ts';
import { conditionOf, USER_FILTERS } from '../user-filters.ts';

export const userCsvRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/organizations/:org/users.csv',
    policy: 'people:read',
    name: 'exportUsers',
    summary: 'The same users as a CSV file, in the order of creation: what an import reads back without a change.',
    query: z.strictObject(USER_FILTERS),
    answer: null,
    file: { mediaType: 'text/csv; charset=utf-8', name: 'users.csv' },
    handle: async ({ deps }, { params: { org }, query }) =>
      csvText(await exportUsers(deps, org, conditionOf(query))) as never,
  }),
];
