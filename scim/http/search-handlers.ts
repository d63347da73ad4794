import { withForeignNames } from '../lists/foreign-names.ts';
import { type ListType, listTypes } from '../lists/list-types.ts';
import { readSearchRequest } from '../lists/search-request.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import type { ServedSchemas, ServedType } from '../schema/served-schemas.ts';
import { typeOf } from './custom-handlers.ts';
import type { ScimHandler, ScimRequest } from './exchange.ts';
import { answerList, type ListSettings } from './list-handlers.ts';
import type { Query } from './query.ts';

/** How the resources of a type are listed; names in filter and order mean what `schema` says. */
export type ListerOf = (request: ScimRequest, query: Query, type: ServedType, schema: ResourceSchema) => ListType;

/** Lists, and searches by POST (RFC 7644 §3.4.2, §3.4.3): of one type, and at the root of all. */
export function searchHandlers(settings: ListSettings, listerOf: ListerOf) {
  const schemasOfAll = rememberedNames();

  const ofType = (request: ScimRequest, query: Query, type: ServedType) =>
    answerList(settings, request, query, type.document.endpoint, listerOf(request, query, type, type.schema));

  const ofAll = (request: ScimRequest, query: Query) => {
    const types = [...schemasOfAll(request.schemas)];
    const lists = types.map(([type, schema]) => listerOf(request, query, type, schema));
    return answerList(settings, request, query, '/', listTypes(lists));
  };

  const searchOf = ({ principal, body }: ScimRequest): Query => readSearchRequest(body, principal.dialect ?? 'compat');

  return {
    listUsers: (request) => ofType(request, request.query, request.schemas.user),
    searchUsers: (request) => ofType(request, searchOf(request), request.schemas.user),
    listGroups: (request) => ofType(request, request.query, request.schemas.group),
    searchGroups: (request) => ofType(request, searchOf(request), request.schemas.group),
    listCustom: (request) => ofType(request, request.query, typeOf(request)),
    searchCustom: (request) => ofType(request, searchOf(request), typeOf(request)),
    listAll: (request) => ofAll(request, request.query),
    searchAll: (request) => ofAll(request, searchOf(request)),
  } satisfies Record<string, ScimHandler>;
}

/** The names of all types, put together once for each set of schemas. */
function rememberedNames() {
  const known = new WeakMap<ServedSchemas, ReadonlyMap<ServedType, ResourceSchema>>();
  return (schemas: ServedSchemas): ReadonlyMap<ServedType, ResourceSchema> => {
    const names = known.get(schemas) ?? withForeignNames(schemas.types);
    known.set(schemas, names);
    return names;
  };
}
