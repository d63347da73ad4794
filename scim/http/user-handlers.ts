import type { Asked, ScimUsers } from '../users.ts';
import type { ScimHandler, ScimRequest } from './exchange.ts';
import { type Query, readProjection } from './query.ts';
import { shownAnswer } from './shown-answer.ts';

/** The Users endpoints (RFC 7644 §3): query and headers in, answer out. */
export function userHandlers(users: ScimUsers) {
  const asked = (request: ScimRequest): Asked => askedFor(request, request.query);

  return {
    async createUser(request) {
      const shown = await users.create(asked(request), request.body);
      return shownAnswer(201, shown, { Location: shown.location });
    },

    async readUser(request) {
      let tag = '';
      const shown = await users.read(asked(request), request.id, (current) => {
        tag = current;
        return request.hasTag(current);
      });
      return shown === 'unchanged' ? { status: 304, headers: { ETag: tag } } : shownAnswer(200, shown);
    },

    async replaceUser(request) {
      return shownAnswer(200, await users.replace(asked(request), request.id, request.body, request.ifMatch));
    },

    async modifyUser(request) {
      const shown = await users.modify(asked(request), request.id, request.body, request.ifMatch);
      const quiet = request.principal.quietPatch === true && !request.query.has('attributes');
      return quiet ? { status: 204, headers: { ETag: shown.tag } } : shownAnswer(200, shown);
    },

    async removeUser(request) {
      await users.remove(asked(request), request.id, request.ifMatch);
      return { status: 204 };
    },
  } satisfies Record<string, ScimHandler>;
}

/** Who asks, and what the parameters say about how the answer shall look. */
export function askedFor({ principal, schemas, baseUrl }: ScimRequest, query: Query): Asked {
  return {
    caller: principal,
    schema: schemas.user.schema,
    groups: schemas.group,
    dialect: principal.dialect ?? 'compat',
    projection: readProjection(query, schemas.user.schema),
    baseUrl,
    locate: (scimId) => `${baseUrl}/Users/${scimId}`,
  };
}
