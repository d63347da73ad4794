import type { DirectoryFailure } from '../../src/ports/directory.ts';
import { USER_SCOPE } from './scopes.ts';

/** What a connection test looks at, in the order in which things can go wrong. */
export const CHECKS = ['token', 'delegation', 'scope', 'subject', 'listing', 'customer'] as const;
export type CheckName = (typeof CHECKS)[number];

/** Who calls, and with what: for sentences an admin can act on. */
export interface Caller {
  readonly clientEmail: string;
  readonly subject: string;
  /** The listing was asked for a page by its token. */
  readonly withPageToken: boolean;
}

/** What one of Google's refusals means. */
export interface Rule {
  readonly step: 'token' | 'api';
  /** Any of Google's codes; the rules are tried in order, so the more telling come first. */
  readonly reasons: readonly string[];
  /** Narrows by Google's sentence. */
  readonly words?: RegExp;
  readonly failure: DirectoryFailure;
  readonly about: CheckName;
  readonly say: (caller: Caller) => string;
}

const DELEGATE = `In the Google Admin console (Security, API controls, Domain-wide delegation) add the service account's client ID with the scope ${USER_SCOPE}`;

const THROTTLES = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'concurrentLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
];

/** First match wins. A refusal that no rule knows is an admin's to look at, with Google's own words. */
export const RULES: readonly Rule[] = [
  {
    step: 'token',
    reasons: ['unreadable_key'],
    failure: 'config',
    about: 'token',
    say: ({ clientEmail }) =>
      `The private key of ${clientEmail} cannot be read: create a new JSON key for the service account and upload it.`,
  },
  {
    step: 'token',
    reasons: ['invalid_grant'],
    words: /signature/i,
    failure: 'config',
    about: 'token',
    say: ({ clientEmail }) =>
      `Google does not accept the key of ${clientEmail}: it was deleted or belongs to another account. Create a new JSON key for the service account and upload it.`,
  },
  {
    step: 'token',
    reasons: ['invalid_grant'],
    words: /short-lived|timeframe|clock|\biat\b|\bexp\b/i,
    failure: 'config',
    about: 'token',
    say: () => 'Google rejects the time in our request: set the clock of this server right.',
  },
  {
    step: 'token',
    reasons: ['invalid_grant'],
    words: /account/i,
    failure: 'config',
    about: 'token',
    say: ({ clientEmail }) =>
      `Google does not know the service account ${clientEmail}: it was deleted or disabled. Restore it in the Google Cloud console or connect another one.`,
  },
  {
    step: 'token',
    reasons: ['invalid_grant'],
    failure: 'config',
    about: 'subject',
    say: ({ subject }) =>
      `Google does not know the administrator ${subject}: enter the primary address of an active administrator of this Google Workspace.`,
  },
  {
    step: 'token',
    reasons: ['unauthorized_client', 'access_denied', 'admin_policy_enforced'],
    failure: 'config',
    about: 'delegation',
    say: ({ clientEmail }) =>
      `Google Workspace does not let ${clientEmail} act for its users yet. ${DELEGATE}; it can take up to 24 hours to work.`,
  },
  {
    step: 'token',
    reasons: ['invalid_scope'],
    failure: 'config',
    about: 'scope',
    say: () => `Google refuses the scope. ${DELEGATE}.`,
  },
  {
    step: 'token',
    reasons: ['invalid_client', 'deleted_client', 'disabled_client'],
    failure: 'config',
    about: 'token',
    say: ({ clientEmail }) =>
      `Google does not know the service account ${clientEmail}, or it is disabled. Restore it in the Google Cloud console or connect another one.`,
  },
  {
    step: 'token',
    reasons: ['internal_failure', 'temporarily_unavailable', 'server_error', 'rate_limit_exceeded'],
    failure: 'retry',
    about: 'token',
    say: () => 'Google cannot issue a token at the moment.',
  },
  {
    step: 'api',
    // Comes under the same domain as the throttles, but waiting does not help.
    reasons: ['accessNotConfigured', 'SERVICE_DISABLED'],
    failure: 'config',
    about: 'listing',
    say: () =>
      'The Admin SDK API is switched off in the Google Cloud project of the service account: enable it there under "APIs & Services".',
  },
  {
    step: 'api',
    reasons: ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
    failure: 'config',
    about: 'scope',
    say: () => `The permission to read users is missing. ${DELEGATE}.`,
  },
  {
    step: 'api',
    reasons: ['domainCannotUseApis'],
    failure: 'config',
    about: 'listing',
    say: () =>
      'API access is switched off for this Google Workspace: an administrator must allow it under "API controls".',
  },
  {
    step: 'api',
    reasons: [...THROTTLES, 'usageLimits'],
    failure: 'retry',
    about: 'listing',
    say: () => 'Google asks for fewer calls.',
  },
  {
    step: 'api',
    reasons: ['forbidden', 'notAuthorized', 'PERMISSION_DENIED'],
    failure: 'config',
    about: 'subject',
    say: ({ subject }) =>
      `${subject} may not read the users of this Google Workspace: give that administrator a role with the privilege "Users, Read" in the Admin console.`,
  },
];
