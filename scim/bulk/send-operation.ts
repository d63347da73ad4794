import { isObject, type JsonObject } from '../../src/core/json.ts';
import type { Asker, ScimAnswer } from '../http/exchange.ts';
import type { Operation, Performer } from '../http/perform.ts';
import type { Refuse } from '../http/refuse.ts';
import { changesResources } from '../http/routes.ts';
import { invalidSyntax, invalidValue } from '../messages/scim-error.ts';
import { PATCH_OP } from '../schema/urns.ts';
import type { BulkOperation } from './parse-bulk.ts';
import { onlyReferring, resolveReferences, withoutReferences } from './references.ts';
import { resolveSegments } from './resource-path.ts';

/** What performs one operation, and makes an answer of what it throws. */
export interface BulkDependencies extends Performer {
  readonly refuse: Refuse;
}

/** How one operation was answered. */
export interface Sent {
  readonly answer: ScimAnswer;
  /** Absolute URL of the resource; undefined for a POST that failed. */
  readonly location: string | undefined;
  /** Of the resource that was created. */
  readonly id: string | undefined;
}

/**
 * Sends operations down the way of a request of its own, with the ids known by then in the place of bulkIds. Whatever is thrown on
 * the way, by `check` first of all, becomes the answer.
 */
export function createSender(
  { find, perform, refuse }: BulkDependencies,
  asker: Asker,
  ids: ReadonlyMap<string, string>,
) {
  const request = async (asked: Asked): Promise<ScimAnswer> => {
    const found = find({ ...asker, ...asked });
    if (!changesResources(found.route)) throw invalidValue('this endpoint cannot be asked within a bulk');
    return perform(found, { ...asker, ...asked, ifNoneMatch: undefined });
  };

  const placeOf = (segments: readonly string[]) => `${asker.baseUrl}/${segments.join('/')}`;

  /** Creates, changes or removes; leaves out what refers to something that comes `later`. */
  const send = async (operation: BulkOperation, later: ReadonlySet<string>, check: () => void): Promise<Sent> => {
    const { method, path, data, version: ifMatch, refusal } = operation;
    const segments = resolveSegments(path.segments, ids);
    const place = placeOf(segments);
    const body = () => asBody(data, (sent) => (later.size > 0 ? withoutReferences(sent, later) : sent), ids);
    try {
      if (refusal) throw refusal;
      check();
      const answer = await request({ method, segments, query: path.query, body, ifMatch });
      return { answer, location: answer.headers?.Location ?? place, id: idOf(answer) };
    } catch (error) {
      const isKnown = method !== 'POST' && segments.length > 0;
      return { answer: refuse(error, { method, path: place }), location: isKnown ? place : undefined, id: undefined };
    }
  };

  /** Puts into what was created the attributes that had to be left out. */
  const complete = async (
    { path, bulkId = '', data }: BulkOperation,
    later: ReadonlySet<string>,
    check: () => void,
  ): Promise<ScimAnswer> => {
    const segments = [...path.segments, encodeURIComponent(ids.get(bulkId) ?? '')];
    const body = () => addition(asBody(data, (sent) => onlyReferring(sent, later), ids));
    const method = 'PATCH';
    try {
      check();
      return await request({ method, segments, query: '', body, ifMatch: undefined });
    } catch (error) {
      return refuse(error, { method, path: placeOf(segments) });
    }
  };

  return { send, complete };
}

type Asked = Pick<Operation, 'method' | 'segments' | 'query' | 'body' | 'ifMatch'>;

function asBody(
  data: BulkOperation['data'],
  select: (sent: JsonObject) => JsonObject,
  ids: ReadonlyMap<string, string>,
): JsonObject {
  if (!isObject(data)) throw invalidSyntax('the data of the operation must be a JSON object');
  const body = resolveReferences(select(data), ids);
  return isObject(body) ? body : {};
}

function addition(value: JsonObject): JsonObject {
  return { schemas: [PATCH_OP], Operations: [{ op: 'add', value }] };
}

function idOf({ body }: ScimAnswer): string | undefined {
  return body && 'id' in body && typeof body.id === 'string' ? body.id : undefined;
}
