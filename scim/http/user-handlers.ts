import { entityTag } from '../schema/write-resource.ts';
import type { Asked, ScimUsers, ShownUser } from '../users.ts';
import type { ScimAnswer, ScimHandler, ScimRequest } from './exchange.ts';
import { type Query, readProjection } from './query.ts';

/** The Users endpoints (RFC 7644 §3): query and headers in, answer out. */
export function userHandlers(users: ScimUsers) {
  const asked = (request: ScimRequest): Asked => askedFor(request, request.query);

  return {
    async createUser(request) {
      const shown = await users.create(asked(request), request.body);
      return shownAnswer(201, shown, { Location: shown.location });
    },

    async readUser(request) {
      let version = 0;
      const shown = await users.read(asked(request), request.id, (current) => {
        version = current;
        return request.hasVersion(current);
      });
      return shown === 'unchanged' ? { status: 304, headers: { ETag: entityTag(version) } } : shownAnswer(200, shown);
    },

    async replaceUser(request) {
      return shownAnswer(200, await users.replace(asked(request), request.id, request.body, request.ifMatch));
    },

    async modifyUser(request) {
      const shown = await users.modify(asked(request), request.id, request.body, request.ifMatch);
      const quiet = request.principal.quietPatch === true && !request.query.has('attributes');
      return quiet ? { status: 204, headers: { ETag: entityTag(shown.version) } } : shownAnswer(200, shown);
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
    dialect: principal.dialect ?? 'compat',
    projection: readProjection(query, schemas.user.schema),
    locate: (scimId) => `${baseUrl}/Users/${scimId}`,
  };
}

function shownAnswer(
  status: number,
  { resource, version }: ShownUser,
  headers: Record<string, string> = {},
): ScimAnswer {
  return { status, body: resource, headers: { ...headers, ETag: entityTag(version) } };
}
