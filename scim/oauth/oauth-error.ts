/** The error codes of RFC 6749 §5.2, and the two of §4.1.2.1 for trouble of our own. */
export type OAuthCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable';

/** A refusal in OAuth's own terms. The message is for the client's administrator and repeats nothing that was sent. */
export class OAuthError extends Error {
  readonly status: number;
  readonly code: OAuthCode;
  readonly headers: { readonly [name: string]: string };

  constructor(status: number, code: OAuthCode, message: string, headers: { readonly [name: string]: string } = {}) {
    super(message);
    this.name = 'OAuthError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const invalidRequest = (message: string) => new OAuthError(400, 'invalid_request', message);

/** 401 with the scheme a client may use (RFC 6749 §5.2). */
export const invalidClient = () =>
  new OAuthError(401, 'invalid_client', 'client id and secret are not those of a living client', {
    'WWW-Authenticate': 'Basic realm="SCIM", charset="UTF-8"',
  });
