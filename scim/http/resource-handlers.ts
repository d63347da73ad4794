import type { AskedResource, ScimResources } from '../resources.ts';
import { entityTag } from '../schema/entity-tag.ts';
import { membersAttribute } from '../schema/members-attribute.ts';
import type { ServedType } from '../schema/served-schemas.ts';
import type { ScimHandler, ScimRequest } from './exchange.ts';
import { type Query, readProjection } from './query.ts';
import { shownAnswer } from './shown-answer.ts';

/**
 * The endpoints of every type of resource but User (RFC 7644 §3), without lists; `typeOf` says which type a request is about.
 */
export function resourceHandlers(resources: ScimResources, typeOf: (request: ScimRequest) => ServedType) {
  const askedFor = (request: ScimRequest) => askedForResource(request, request.query, typeOf(request));

  return {
    async create(request) {
      const shown = await resources.create(askedFor(request), request.body);
      return shownAnswer(201, shown, { Location: shown.location });
    },

    async read(request) {
      let tag = '';
      const shown = await resources.read(askedFor(request), request.id, (current) => {
        tag = current;
        return request.hasTag(current);
      });
      return shown === 'unchanged' ? { status: 304, headers: { ETag: tag } } : shownAnswer(200, shown);
    },

    async replace(request) {
      return shownAnswer(200, await resources.replace(askedFor(request), request.id, request.body, request.ifMatch));
    },

    async modify(request) {
      const asked = askedFor(request);
      const { stored, written } = await resources.modify(asked, request.id, request.body, request.ifMatch);
      if (isQuiet(request, asked.type)) return { status: 204, headers: { ETag: entityTag(stored) } };
      return shownAnswer(200, await resources.show(asked, stored, written));
    },

    async remove(request) {
      await resources.remove(askedFor(request), request.id, request.ifMatch);
      return { status: 204 };
    },
  } satisfies Record<string, ScimHandler>;
}

/** Who asks for which type, and what the parameters say about how the answer shall look. */
export function askedForResource({ principal, baseUrl }: ScimRequest, query: Query, type: ServedType): AskedResource {
  const projection = readProjection(query, type.schema);
  return { caller: principal, type, dialect: principal.dialect ?? 'compat', projection, baseUrl };
}

/** A group may have thousands of members, which nobody wants back for having added one. */
function isQuiet({ principal, query }: ScimRequest, { schema }: ServedType): boolean {
  const prefersQuiet = principal.quietPatch === true || membersAttribute(schema) !== undefined;
  return prefersQuiet && !query.has('attributes');
}
