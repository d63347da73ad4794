import type { JsonObject } from '../../src/core/json.ts';
import type { IfMatch } from '../../src/services/provision-user.ts';
import type { ServedSchemas, ServedType } from '../schema/served-schemas.ts';
import type { ScimPrincipal } from './principal.ts';
import type { Query } from './query.ts';

/** Who asks, and what they see of the service. */
export interface Asker {
  readonly principal: ScimPrincipal;
  /** What the principal's organization is served. */
  readonly schemas: ServedSchemas;
  /** Absolute URL of the organization's SCIM root, without a trailing slash. */
  readonly baseUrl: string;
}

/** An authenticated request for a known route, ready for its handler. */
export interface ScimRequest extends Asker {
  readonly query: Query;
  /** The configured type that the request is about; the built-in ones have routes of their own. */
  readonly type: ServedType | undefined;
  /** The last path segment of routes that name a resource; '' otherwise. */
  readonly id: string;
  /** An empty object for routes without a body. */
  readonly body: JsonObject;
  /** For writes. */
  readonly ifMatch: IfMatch;
  /** For reads: whether the client already has what this entity tag stands for. Throws 412 when it wants another one only. */
  hasTag(tag: string): boolean;
}

/** What goes back. `body` undefined: nothing but the head. */
export interface ScimAnswer {
  readonly status: number;
  readonly body?: object | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
}

export type ScimHandler = (request: ScimRequest) => ScimAnswer | Promise<ScimAnswer>;
