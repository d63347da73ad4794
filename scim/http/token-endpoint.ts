import { type Request, type RequestHandler, type Response, raw } from 'express';
import { isAppError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { authenticateClient, issueAccessToken } from '../../src/services/access-tokens.ts';
import type { ClientDependencies } from '../../src/services/scim-clients.ts';
import { invalidClient, invalidRequest, OAuthError } from '../oauth/oauth-error.ts';
import { readScope, readTokenRequest } from '../oauth/token-request.ts';

/** Where the token endpoint is to be mounted, and its address below. */
export const OAUTH_MOUNT = '/oauth';
export const TOKEN_PATH = '/token';

const MEDIA_TYPE = 'application/x-www-form-urlencoded';
const LARGEST_BODY = 16_384;

const readRaw = raw({ limit: LARGEST_BODY, type: () => true });

/**
 * The token endpoint of RFC 6749 for client credentials (§4.4), as one Express handler to be mounted at `/oauth`. It answers
 * everything below itself, failures included, as JSON that must not be stored (§5.1, §5.2).
 */
export function createTokenEndpoint(
  deps: ClientDependencies & { readonly logger: Pick<Logger, 'error'> },
): RequestHandler {
  const answer = async (request: Request, response: Response): Promise<object> => {
    refuseElsewhere(request);
    const body = await readForm(request, response);
    const { clientId, clientSecret, scope } = readTokenRequest(body, request.headers.authorization);
    const client = await authenticateClient(deps, clientId, clientSecret);
    if (!client) throw invalidClient();
    const { token, expiresIn, scopes } = await issueAccessToken(deps, client, readScope(scope, client.client.scopes));
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: scopes.join(' ') };
  };

  const refusal = (error: unknown): OAuthError => {
    if (error instanceof OAuthError) return error;
    if (isAppError(error, 'forbidden')) return new OAuthError(400, 'unauthorized_client', error.message);
    if (isAppError(error, 'unavailable', 'stale'))
      return new OAuthError(503, 'temporarily_unavailable', 'try again', { 'Retry-After': '1' });
    deps.logger.error({ error }, 'a token request crashed');
    return new OAuthError(500, 'server_error', 'something went wrong on our side; it has been noted');
  };

  return async function token(request, response) {
    try {
      send(response, 200, await answer(request, response));
    } catch (error) {
      const { status, code, message, headers } = refusal(error);
      for (const name in headers) response.setHeader(name, headers[name] ?? '');
      send(response, status, { error: code, error_description: message });
    }
  };
}

function refuseElsewhere({ path, method }: Request): void {
  if (path !== TOKEN_PATH) throw new OAuthError(404, 'invalid_request', 'there is no such endpoint');
  if (method !== 'POST') throw new OAuthError(405, 'invalid_request', 'send a POST', { Allow: 'POST' });
}

/** Throws `invalid_request` for another media type, for what is too large and for what cannot be read. */
async function readForm(request: Request, response: Response): Promise<string> {
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== MEDIA_TYPE) throw invalidRequest(`the body must be ${MEDIA_TYPE}`);
  await new Promise<void>((resolve, reject) => {
    readRaw(request, response, (error) => (error === undefined ? resolve() : reject(unreadable(error))));
  });
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
}

function unreadable(error: unknown): unknown {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status < 500
    ? invalidRequest('the body cannot be read, or is too large')
    : error;
}

function send(response: Response, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Pragma', 'no-cache');
  response.setHeader('Content-Type', 'application/json;charset=UTF-8');
  response.end(JSON.stringify(body));
}
