import { ERROR } from '../schema/urns.ts';

/** The error keywords of RFC 7644 §3.12 and RFC 9865 §2.1. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

/** A refusal in SCIM's own terms. The message is for the client's administrator. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly headers: { readonly [name: string]: string };

  constructor(status: number, message: string, scimType?: ScimType, headers: { readonly [name: string]: string } = {}) {
    super(message);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
    this.headers = headers;
  }
}

const badRequest = (scimType: ScimType) => (message: string) => new ScimError(400, message, scimType);

export const invalidFilter = badRequest('invalidFilter');
export const invalidPath = badRequest('invalidPath');
export const invalidSyntax = badRequest('invalidSyntax');
export const invalidValue = badRequest('invalidValue');
export const mutability = badRequest('mutability');
export const noTarget = badRequest('noTarget');
export const tooMany = badRequest('tooMany');
export const invalidCursor = () =>
  badRequest('invalidCursor')('this cursor was not given out for this list; start again with an empty one');
export const expiredCursor = () => badRequest('expiredCursor')('this cursor is too old; start again with an empty one');
export const invalidCount = () =>
  badRequest('invalidCount')('count must stay what it was on the first page of this cursor');

/** Client text for a message: quoted, escaped and short. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** The body of an error answer (RFC 7644 §3.12): `status` is text there. */
export function errorBody({ status, message, scimType }: ScimError): object {
  return { schemas: [ERROR], status: String(status), ...(scimType ? { scimType } : {}), detail: message };
}
