import { z } from 'zod';
import { type Route, route } from '../route.ts';

/** The API's description of itself. */
export const openApiRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/openapi.json',
    policy: 'public',
    name: 'openApi',
    summary: 'Describes this API (OpenAPI 3.1).',
    answer: z.looseObject({ openapi: z.string() }),
    handle: ({ describe }) => describe() as { openapi: string },
  }),
];
