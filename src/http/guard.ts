import type { Request, RequestHandler, Response } from 'express';
import { AppError, notFound } from '../core/errors.ts';
import type { Actor } from '../core/user.ts';
import { authenticateApiKey } from '../services/authenticate-api-key.ts';
import { OPERATOR } from './operator.ts';
import { bearerOf } from './operator-auth.ts';
import type { ApiContext, Policy } from './route.ts';

type ApiKey = NonNullable<Awaited<ReturnType<typeof authenticateApiKey>>>;
type Caller = 'operator' | ApiKey;

export interface Guard {
  /** Stands before everything: throws `unauthorized` for whoever has neither the operator key nor a living key of an organization. */
  readonly recognize: RequestHandler;
  /**
   * Stands before one row. The operator key opens all; a key of an organization what names a scope of its own, in its organization.
   * Throws `forbidden` for the operator's rows, `not_found` for another organization, `insufficient_scope`.
   */
  admit(policy: Policy): RequestHandler;
}

/** Makes the guard of an API. */
export function createGuard(
  { deps }: Pick<ApiContext, 'deps'>,
  isOperator: (authorization: string | undefined) => boolean,
): Guard {
  const callers = new WeakMap<Request, Caller>();

  async function callerOf(request: Request): Promise<Caller> {
    const { authorization } = request.headers;
    const caller =
      callers.get(request) ??
      (isOperator(authorization) ? 'operator' : await authenticateApiKey(deps, bearerOf(authorization)));
    if (!caller) throw new AppError('unauthorized', 'send a key as "Authorization: Bearer <key>"');
    callers.set(request, caller);
    return caller;
  }

  return {
    async recognize(request, _response, next) {
      await callerOf(request);
      next();
    },
    admit: (policy) =>
      async function admit(request, response, next) {
        response.locals.actor = actorFor(policy, await callerOf(request), request.params.org);
        next();
      },
  };
}

function actorFor(policy: Policy, caller: Caller, organization: unknown): Actor {
  if (caller === 'operator') return OPERATOR;
  if (policy === 'public' || policy === 'operator')
    throw new AppError('forbidden', 'this takes the operator key; no key of an organization opens it');
  if (caller.organizationId !== organization) throw notFound('organization');
  if (!caller.scopes.includes(policy))
    throw new AppError('insufficient_scope', `this key lacks the scope ${policy}`, { scope: policy });
  return { kind: 'api-key', id: caller.id };
}

const NOBODY: Actor = { kind: 'system', id: null };

/** Who was admitted; nobody in particular where no key is needed. */
export function admitted(response: Response): Actor {
  return (response.locals.actor as Actor | undefined) ?? NOBODY;
}
