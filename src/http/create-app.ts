import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from '../ports/logger.ts';
import type { SyncDependencies } from '../services/sync-step.ts';
import { errorAnswers, mountRoutes } from './mount-routes.ts';
import { openApiDocument } from './openapi.ts';
import { operatorCheck } from './operator-auth.ts';
import type { ApiContext } from './route.ts';
import { healthRoutes } from './routes/health.ts';
import { ROUTES } from './routes.ts';

export interface AppOptions {
  readonly deps: SyncDependencies;
  readonly operatorKey: string;
  /** Absolute URL this server is reached by, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Serves everything below /scim/v2, its own authentication included; null: this process answers for its health only. */
  readonly scim: RequestHandler | null;
  /** Serves everything below /oauth, likewise. */
  readonly oauth?: RequestHandler | null;
  /** False once the process shuts down. */
  readonly ready: () => boolean;
  readonly logger: Logger;
}

/** Nothing here is a page: no script, style, frame or form may come of an answer. */
const HELMET = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: { action: 'deny' },
});

/** Builds the whole HTTP side of a process: SCIM, the operator API with its OpenAPI document, health. It does not listen. */
export function createApp({ deps, operatorKey, publicUrl, scim, oauth, ready, logger }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(fixedHeaders(HELMET), sendElsewhere(ready), requestLog(deps, logger));
  if (scim) app.use('/scim/v2', scim);
  if (oauth) app.use('/oauth', oauth);
  const context: ApiContext = { deps, publicUrl, ready, describe: describer(publicUrl) };
  mountRoutes(app, scim ? ROUTES : healthRoutes, context, operatorCheck(operatorKey));
  app.use(errorAnswers({ logger, nextId: () => deps.identifiers.next() }));
  return app;
}

/** Describes the API, anew only when its address has changed: anybody may ask, and building the document is dear. */
function describer(publicUrl: () => string): () => object {
  let made: { readonly url: string; readonly document: object } | null = null;
  return () => {
    const url = publicUrl();
    if (made?.url !== url) made = { url, document: openApiDocument(ROUTES, url) };
    return made.document;
  };
}

/** Headers of every answer. Helmet's are asked for once: its chain of handlers would cost each request what reading a person costs. */
function fixedHeaders(helmetHandler: ReturnType<typeof helmet>): RequestHandler {
  const headers = new Map([['Cache-Control', 'no-store']]);
  const probe = new ServerResponse(new IncomingMessage(new Socket()));
  helmetHandler(probe.req, probe, () => {
    for (const name of probe.getHeaderNames()) headers.set(name, String(probe.getHeader(name)));
  });
  return (_request, response, next) => {
    response.setHeaders(headers);
    next();
  };
}

/** Once the process shuts down every connection ends with its answer, so that the next request goes to another process. */
function sendElsewhere(ready: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (!ready()) response.setHeader('Connection', 'close');
    next();
  };
}

/** One line a request, without its query. */
function requestLog({ clock }: Pick<SyncDependencies, 'clock'>, logger: Logger): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    const from = clock.now();
    response.once('close', () => {
      const { statusCode: status, writableFinished: finished } = response;
      logger.debug({ method, path, status, finished, ms: clock.now() - from }, 'a request was answered');
    });
    next();
  };
}
