import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from '../ports/logger.ts';
import { named } from '../services/named-bytes.ts';
import { admitted, createGuard } from './guard.ts';
import { handleOnce } from './idempotency.ts';
import { parseInput } from './parse-input.ts';
import { problem, problemOf } from './problem.ts';
import { ACTOR_HEADER, readActor } from './read-actor.ts';
import { bodyReader } from './read-body.ts';
import { readIfMatch, tagOf } from './read-if-match.ts';
import { readQuery } from './read-query.ts';
import { readCharset, readUpload } from './read-upload.ts';
import type { ApiContext, Call, Route } from './route.ts';
import { sendFile, sendJson, sendProblem } from './send.ts';

/** Below this, nothing answers without a key but what the table calls public. */
const GUARDED = '/api';

/**
 * Mounts a route table on an app. Default deny: public rows come first, then the guard stands before everything below `/api`, known
 * or not; a known path answers other methods with 405 and `Allow`, an unknown one with 404.
 */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  context: ApiContext,
  isOperator: (authorization: string | undefined) => boolean,
): void {
  const allowed = methodsByPath(routes);
  const guard = createGuard(context, isOperator);
  const allow = (path: string): RequestHandler => {
    const methods = allowed.get(path) ?? '';
    return (_request, response, next) => {
      response.locals.allow = methods;
      next();
    };
  };
  for (const route of routes.filter(({ policy }) => policy === 'public'))
    app[route.method](route.path, allow(route.path), answerTo(route, context));
  app.use(GUARDED, guard.recognize);
  // Each is guarded by itself, so that it is safe wherever it stands.
  for (const route of routes.filter(({ policy }) => policy !== 'public'))
    app[route.method](route.path, guard.admit(route.policy), allow(route.path), answerTo(route, context));
  for (const path of allowed.keys()) app.all(path, allow(path), refuseMethod);
  app.use((_request, response) => sendProblem(response, problem('not_found', 'there is nothing at this address')));
}

/** The methods a path takes, as Allow names them. */
function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, string> {
  const working = ({ status, method }: Route) => (status === 405 ? [] : method === 'get' ? ['GET', 'HEAD'] : [method]);
  return new Map(
    [...Map.groupBy(routes, ({ path }) => path)].map(([path, rows]) => [
      path,
      rows.flatMap(working).join(', ').toUpperCase(),
    ]),
  );
}

const refuseMethod: RequestHandler = (request, response) => {
  const allow = String(response.locals.allow);
  response.setHeader('Allow', allow);
  sendProblem(response, problem('method_not_allowed', `this address takes ${allow}, not ${request.method}`));
};

/** Of every call that is no upload: no stream, and nothing to hash. */
const NO_UPLOAD: Call['upload'] = named((async function* () {})());

function answerTo(route: Route, context: ApiContext): RequestHandler {
  const bodyOf = route.body ? checkedBody(route, route.body) : () => undefined;
  return async function answer(request, response) {
    const call: Call = {
      params: request.params as { readonly [name: string]: string },
      query: parseInput(route.query, readQuery(request.originalUrl)),
      body: await bodyOf(request, response),
      upload: route.upload ? named(readUpload(request, route.upload)) : NO_UPLOAD,
      charset: readCharset(request),
      ifMatch: route.versioned ? readIfMatch(request.headers['if-match']) : null,
      actor: readActor(admitted(response), request.headers[ACTOR_HEADER.toLowerCase()]),
    };
    const result = await handleOnce(route, context, call, request, response);
    if (route.file) return sendFile(response, route.file, result as AsyncIterable<string>);
    const { version } = (result ?? {}) as { readonly version?: number };
    if (route.versioned && version !== undefined) response.setHeader('ETag', tagOf(version));
    sendJson(response, route.status ?? 200, route.answer === null ? undefined : result);
  };
}

function checkedBody({ bodyOptional, megabytes }: Route, schema: NonNullable<Route['body']>) {
  const readBody = bodyReader(megabytes);
  return async (request: Request, response: Response): Promise<unknown> => {
    const body = await readBody(request, response);
    return parseInput(schema, body === undefined && bodyOptional ? {} : body);
  };
}

/** Answers whatever was thrown. What nobody expected goes to the log under an id, and only the id to the caller. */
export function errorAnswers({ logger, nextId }: { readonly logger: Logger; readonly nextId: () => string }) {
  return function answerError(error: unknown, request: Request, response: Response, next: NextFunction): void {
    const known = problemOf(error);
    const id = known ? null : nextId();
    if (id !== null) logger.error({ error, id, method: request.method, path: request.path }, 'a request crashed');
    if (response.headersSent) {
      next(error);
      return;
    }
    if (known?.status === 405) response.setHeader('Allow', String(response.locals.allow ?? ''));
    sendProblem(response, known ?? problem('internal', 'the failure is in the log under this id', { id }));
  };
}
