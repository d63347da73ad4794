import type { DirectoryFailure } from '../../src/ports/directory.ts';

/** What a connection test looks at, in the order in which things can go wrong. */
export const CHECKS = ['token', 'permission', 'listing', 'organization'] as const;
export type CheckName = (typeof CHECKS)[number];

/** All that the sync needs, as application permissions. */
export const USER_PERMISSION = 'User.Read.All';
/** Needed only where the scope of a sync names groups. */
export const MEMBER_PERMISSION = 'GroupMember.Read.All';
/** Needed only where one of those groups hides its members. */
export const HIDDEN_MEMBER_PERMISSION = 'Member.Read.Hidden';
/** Asked for only to show the tenant's name; everything else works without it. */
export const ORGANIZATION_PERMISSION = 'Organization.Read.All';

/** Who calls: for sentences an admin can act on. */
export interface Caller {
  readonly tenantId: string;
  readonly clientId: string;
  /** A page was asked for by its link. */
  readonly withCursor: boolean;
}

/** What one of Microsoft's refusals means. */
export interface Rule {
  readonly step: 'token' | 'api';
  /** Any of Microsoft's codes; the rules are tried in order, so the more telling come first. */
  readonly reasons: readonly string[];
  readonly failure: DirectoryFailure;
  readonly about: CheckName;
  readonly say: (caller: Caller) => string;
}

const CONSENT = `In the Entra admin center (App registrations, API permissions) add the Microsoft Graph application permission ${USER_PERMISSION} and grant admin consent`;

const token = (reasons: readonly string[], say: Rule['say'], failure: DirectoryFailure = 'config'): Rule => ({
  step: 'token',
  reasons,
  failure,
  about: 'token',
  say,
});

/** First match wins. A refusal that no rule knows is an admin's to look at, with Microsoft's own words. */
export const RULES: readonly Rule[] = [
  token(
    ['unreadable_certificate'],
    () => 'The certificate cannot be read: upload one PEM with the certificate and its RSA private key.',
  ),
  token(
    ['AADSTS90002', 'AADSTS900023', 'AADSTS900021'],
    ({ tenantId }) =>
      `Microsoft knows no tenant ${tenantId}: copy the tenant id from the overview of the Entra admin center.`,
  ),
  token(
    ['AADSTS700016', 'AADSTS7000229', 'AADSTS650052'],
    ({ tenantId, clientId }) =>
      `The application ${clientId} is not known in tenant ${tenantId}: copy the application (client) id of the registration, or let an administrator of the tenant consent to it.`,
  ),
  token(
    ['AADSTS7000215'],
    ({ clientId }) =>
      `Microsoft does not accept the client secret of ${clientId}: enter the secret's value, not its id, or create a new one.`,
  ),
  token(
    ['AADSTS7000222'],
    ({ clientId }) => `The client secret of ${clientId} has expired: create a new one under "Certificates & secrets".`,
  ),
  token(['AADSTS700024'], () => 'Microsoft rejects the time in our request: set the clock of this server right.'),
  token(
    ['AADSTS700027', 'AADSTS700021', 'AADSTS700023', 'AADSTS50012'],
    ({ clientId }) =>
      `Microsoft does not accept the certificate of ${clientId}: upload its public part under "Certificates & secrets", or connect with the right one.`,
  ),
  token(
    ['AADSTS7000112', 'AADSTS500011'],
    ({ clientId }) =>
      `The application ${clientId} is disabled in this tenant: enable it under "Enterprise applications".`,
  ),
  token(
    ['AADSTS53003', 'AADSTS530035'],
    () => 'A Conditional Access policy of the tenant keeps this application out: exclude it from that policy.',
  ),
  token(
    ['temporarily_unavailable', 'server_error', 'AADSTS90033', 'AADSTS90024', 'AADSTS50196'],
    () => 'Microsoft cannot issue a token at the moment.',
    'retry',
  ),
  {
    step: 'api',
    reasons: ['syncStateNotFound', 'resyncRequired', 'ResyncRequired', 'Directory_ExpiredPageToken'],
    failure: 'reset',
    about: 'listing',
    say: () => 'Microsoft no longer knows what it has told already.',
  },
  {
    step: 'api',
    reasons: [
      'TooManyRequests',
      'activityLimitReached',
      'Request_ThrottledTemporarily',
      'Directory_ConcurrencyViolation',
    ],
    failure: 'retry',
    about: 'listing',
    say: () => 'Microsoft asks for fewer calls.',
  },
  {
    step: 'api',
    reasons: ['Authorization_RequestDenied', 'accessDenied', 'Forbidden'],
    failure: 'config',
    about: 'permission',
    say: () => `The permission to read users is missing. ${CONSENT}.`,
  },
  {
    step: 'api',
    reasons: ['Authorization_IdentityNotFound', 'Authorization_IdentityDisabled'],
    failure: 'config',
    about: 'permission',
    say: ({ clientId }) => `The application ${clientId} has no place in this tenant, or is disabled there. ${CONSENT}.`,
  },
];
