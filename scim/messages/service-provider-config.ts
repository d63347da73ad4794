import { SERVICE_PROVIDER_CONFIG } from '../schema/urns.ts';
import { LIMITS } from './limits.ts';

/** What this server can do (RFC 7643 §5, and RFC 9865 for `pagination`). Every member is always there: clients read them blindly. */
export function serviceProviderConfig(baseUrl: string): object {
  return {
    schemas: [SERVICE_PROVIDER_CONFIG],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: LIMITS.bulkOperations, maxPayloadSize: LIMITS.largestBody },
    filter: { supported: true, maxResults: LIMITS.largestPage },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: LIMITS.defaultPage,
      maxPageSize: LIMITS.largestPage,
      cursorTimeout: LIMITS.cursorTimeout,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token of the SCIM connection, sent in the Authorization header.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
      {
        type: 'oauth2',
        name: 'OAuth 2.0 client credentials',
        description: 'An access token that lives for an hour, got at /oauth/token with the credentials of a client.',
        specUri: 'https://www.rfc-editor.org/info/rfc6749',
        primary: false,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}
