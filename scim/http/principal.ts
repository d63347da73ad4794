import type { ScimScope } from '../../src/core/scim-token.ts';
import type { ScimCaller } from '../../src/services/provision-user.ts';
import type { Dialect } from '../filter/literal.ts';

/** Who a bearer token speaks for, and how their connection wants to be spoken to. */
export interface ScimPrincipal extends ScimCaller {
  readonly tokenId: string;
  readonly scopes: readonly ScimScope[];
  /** `compat` unless the connection says otherwise. */
  readonly dialect?: Dialect | undefined;
  /** Whether PATCH answers 204 instead of the resource. */
  readonly quietPatch?: boolean | undefined;
  /** False while the connection is switched off: it may do nothing then. */
  readonly enabled?: boolean | undefined;
}

/** Finds out whose token it is; null for anything but a living one. Rejections are answered 5xx, never 401. */
export type Authenticate = (token: string, userAgent: string | null) => Promise<ScimPrincipal | null>;
