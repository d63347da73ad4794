/** The worldwide login; it is also whom a signed assertion addresses, wherever the login is really found. */
export const LOGIN_ORIGIN = 'https://login.microsoftonline.com';

/** The worldwide Graph. */
export const GRAPH_ORIGIN = 'https://graph.microsoft.com';

/** What a token is asked for: all that the tenant's administrator has consented to. */
export const GRAPH_SCOPE = `${GRAPH_ORIGIN}/.default`;
