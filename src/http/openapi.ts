import { z } from 'zod';
import type { ErrorCode } from '../core/errors.ts';
import { KEY_HEADER, takesKey } from './idempotency.ts';
import { PROBLEMS, type ProblemCode, problemSchema } from './problem.ts';
import { ACTOR_HEADER } from './read-actor.ts';
import type { Policy, Route } from './route.ts';

type JsonSchema = { readonly [keyword: string]: unknown };

/** The schemas of a table, each once, and a reference or inline form for each use. */
interface Schemas {
  readonly components: { readonly [name: string]: JsonSchema };
  of(schema: z.ZodType): JsonSchema;
}

/** What the table, its schemas and the table of problems say about this API, as an OpenAPI 3.1 document. */
export function openApiDocument(routes: readonly Route[], publicUrl: string): object {
  const answers = schemasOf(
    [problemSchema, ...routes.flatMap(({ answer, query }) => [...(answer ? [answer] : []), query])],
    'output',
  );
  const bodies = schemasOf(
    routes.flatMap(({ body }) => (body ? [body] : [])),
    'input',
  );
  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, rows]) => [
    path.replace(/:(\w+)/g, '{$1}'),
    Object.fromEntries(rows.map((route) => [route.method, operationOf(route, answers, bodies)])),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall operator API',
      version: '1',
      description:
        'Manages organizations, their users, settings, directories and SCIM tokens. Absent means unknown; times are RFC 3339.',
    },
    servers: [{ url: publicUrl }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: { ...bodies.components, ...answers.components },
      securitySchemes: {
        operatorKey: { type: 'http', scheme: 'bearer', description: 'The operator key.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'A key of the organization, with the scope named.' },
      },
    },
  };
}

/** Translates schemas together, so that each named one becomes one component however often it is used. */
function schemasOf(schemas: readonly z.ZodType[], io: 'input' | 'output'): Schemas {
  const distinct = [...new Set(schemas)];
  const whole = z.toJSONSchema(z.tuple(distinct as unknown as [z.ZodType]), { io });
  const { $defs = {}, prefixItems = [] } = JSON.parse(
    JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { $defs?: Schemas['components']; prefixItems?: readonly JsonSchema[] };
  const components = Object.fromEntries(Object.entries($defs).map(([name, { id: _, ...schema }]) => [name, schema]));
  return { components, of: (schema) => prefixItems[distinct.indexOf(schema)] ?? {} };
}

function operationOf(route: Route, answers: Schemas, bodies: Schemas): object {
  const { name, summary, policy, path, body, upload } = route;
  return {
    operationId: name,
    summary,
    tags: [tagOf(path)],
    security: securityOf(policy),
    parameters: [
      ...pathParameters(path),
      ...queryParameters(route, answers),
      ...(route.versioned ? (IF_MATCH[route.method] ?? []) : []),
      ...(takesKey(route) ? [ONCE] : []),
      ...(policy === 'public' || route.method === 'get' ? [] : [ON_BEHALF]),
    ],
    ...(upload ? { requestBody: { required: true, content: json({ type: 'string' }, upload.mediaType) } } : {}),
    ...(body ? { requestBody: { required: !route.bodyOptional, content: json(bodies.of(body)) } } : {}),
    responses: { ...successOf(route, answers), ...refusalsOf(route) },
  };
}

/** The operator key opens everything; where a scope is named, a key of the organization with it does as well. */
function securityOf(policy: Policy): readonly object[] {
  if (policy === 'public') return [];
  return policy === 'operator' ? [{ operatorKey: [] }] : [{ operatorKey: [] }, { apiKey: [policy] }];
}

/** The noun of a path: its last fixed part that every method of the noun shares. */
function tagOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'api' && !part.startsWith(':'));
  return parts[0] === 'organizations' ? (parts[1] ?? 'organizations') : (parts[0] ?? '');
}

function pathParameters(path: string): readonly object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route, schemas: Schemas): readonly object[] {
  const { properties = {} } = schemas.of(query) as { properties?: { readonly [name: string]: JsonSchema } };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: !query.safeParse({}).success && isRequired(query, name),
    schema,
    ...(schema.type === 'array' ? { style: 'form', explode: false } : {}),
    ...(description ? { description } : {}),
  }));
}

/** Whether a query is refused for want of this parameter. */
function isRequired(query: z.ZodType, name: string): boolean {
  const { error } = query.safeParse({});
  return error?.issues.some(({ path }) => path[0] === name) ?? false;
}

const ONCE = {
  name: KEY_HEADER,
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 200 },
  description: 'Names the request: sent again within 24 h it is not done again, and answered as the first time.',
};

const ONE_TAG = {
  name: 'If-Match',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: 'The ETag of the version the change is meant for, or *.',
};

const IF_MATCH: Partial<Record<string, readonly object[]>> = {
  post: [ONE_TAG],
  put: [ONE_TAG],
  patch: [ONE_TAG],
  delete: [ONE_TAG],
};

const ON_BEHALF = {
  name: ACTOR_HEADER,
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  description:
    "Who acts through the caller: a user's id, the application's own id of them, their address, or words. Kept with the change.",
};

const json = (schema: JsonSchema, mediaType = 'application/json') => ({ [mediaType]: { schema } });

const SUCCESS_WORDS: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Under way.',
  204: 'Done; there is nothing to tell.',
};

function successOf({ status = 200, answer, versioned, file }: Route, schemas: Schemas): object {
  if (status === 405) return {};
  const headers = versioned ? { headers: { ETag: { schema: { type: 'string' }, description: 'The version.' } } } : {};
  const text = file ? { content: json({ type: 'string' }, file.mediaType.split(';')[0]) } : {};
  const content = answer ? { content: json(schemas.of(answer)) } : text;
  return { [status]: { description: SUCCESS_WORDS[status] ?? '', ...headers, ...content } };
}

/** Refusals by status: what the row names, and what every route of its kind may answer. */
function refusalsOf(route: Route): object {
  const codes = [...new Set<ProblemCode>([...usualRefusals(route), ...(route.refusals ?? [])])];
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code][0]);
  const responses = [...byStatus].map(([status, group]) => [
    status,
    {
      description: group.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}.`).join(' '),
      content: json({ $ref: '#/components/schemas/Problem' }, 'application/problem+json'),
    },
  ]);
  return Object.fromEntries(responses);
}

function usualRefusals(route: Route): readonly ProblemCode[] {
  const { policy, method, path, body, versioned } = route;
  const rows: readonly (readonly [boolean, readonly ErrorCode[]])[] = [
    [policy !== 'public', ['unauthorized', policy === 'operator' ? 'forbidden' : 'insufficient_scope']],
    [path.includes(':'), ['not_found']],
    [body !== null, ['too_large', 'unsupported_media_type']],
    [takesKey(route), ['idempotency_key_reused', 'request_in_progress', 'outcome_unknown']],
    [method !== 'get' && versioned === true, ['precondition_failed', 'stale']],
  ];
  return ['invalid', ...rows.flatMap(([applies, codes]) => (applies ? codes : [])), 'unavailable', 'internal'];
}
