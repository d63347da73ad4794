import type { DirectoryCheck, MicrosoftCredentials } from '../../src/ports/directory.ts';
import { readCertificate } from './certificate.ts';
import { CHECKS, type CheckName, ORGANIZATION_PERMISSION, USER_PERMISSION } from './error-rules.ts';
import { MicrosoftError } from './errors.ts';

/** A tenant as it names itself. */
export interface TenantCard {
  readonly id: string;
  readonly name: string | null;
}

/** The questions a test asks; each throws MicrosoftError. */
export interface Questions {
  /** Lists one person; whether there was one. */
  listsSomebody(): Promise<boolean>;
  organization(): Promise<TenantCard>;
}

/**
 * Tries the connection from the token to the listing and says in words what works, in the order in which it can fail.
 * Never throws. What comes after a failure is marked as not checked; a fault of ours goes to `report`.
 */
export async function testConnection(
  credentials: MicrosoftCredentials,
  questions: Questions,
  now: number,
  report: (fault: unknown) => void,
): Promise<readonly DirectoryCheck[]> {
  try {
    const somebody = await questions.listsSomebody();
    const organization = await checkOrganization(credentials, questions);
    return [...BEFORE_ORGANIZATION.map((name) => good(name, credentials, now, somebody)), organization];
  } catch (error) {
    if (!(error instanceof MicrosoftError)) report(error);
    return stoppedAt(error, credentials, now);
  }
}

const BEFORE_ORGANIZATION = CHECKS.filter((name) => name !== 'organization');
const SOON_MS = 30 * 86_400_000;

type Good = (credentials: MicrosoftCredentials, now: number, somebody: boolean) => Omit<DirectoryCheck, 'name'>;

const GOOD: { readonly [name in Exclude<CheckName, 'organization'>]: Good } = {
  token: (credentials, now) => ({ ok: true, message: tokenMessage(credentials, now) }),
  permission: () => ({ ok: true, message: `The permission ${USER_PERMISSION} is granted.` }),
  listing: (_credentials, _now, somebody) =>
    somebody
      ? { ok: true, message: 'The first person of the listing was read.' }
      : { ok: false, message: 'The listing shows nobody, although a tenant always has an administrator.' },
};

function tokenMessage({ clientId, certificate }: MicrosoftCredentials, now: number): string {
  if (certificate === null) return `Microsoft accepts the client secret of ${clientId}; note when it expires.`;
  const expiresAt = readCertificate(certificate)?.expiresAt ?? now;
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  const warning = expiresAt - now < SOON_MS ? ' Replace it soon.' : '';
  return `Microsoft accepts the certificate of ${clientId}; it expires on ${day}.${warning}`;
}

function good(
  name: Exclude<CheckName, 'organization'>,
  credentials: MicrosoftCredentials,
  now: number,
  somebody: boolean,
): DirectoryCheck {
  return { name, ...GOOD[name](credentials, now, somebody) };
}

/** Failing here does no harm: which tenant it is follows from whom the token was asked for. */
async function checkOrganization({ tenantId }: MicrosoftCredentials, questions: Questions): Promise<DirectoryCheck> {
  const name = 'organization';
  try {
    const { id, name: called } = await questions.organization();
    if (id.toLowerCase() !== tenantId.toLowerCase())
      return { name, ok: false, message: `The connection is for tenant ${tenantId}, the answers come from ${id}.` };
    return { name, ok: true, message: called === null ? `Tenant ${id}.` : `Tenant ${id}, ${called}.` };
  } catch (error) {
    if (!(error instanceof MicrosoftError)) throw error;
    const why =
      error.about === 'permission'
        ? `the permission ${ORGANIZATION_PERMISSION} is not granted; only the tenant's name stays unknown, nothing else needs it`
        : error.message;
    return { name, ok: true, message: `Tenant ${tenantId}, as connected (${why}).` };
  }
}

function stoppedAt(error: unknown, credentials: MicrosoftCredentials, now: number): readonly DirectoryCheck[] {
  const about = error instanceof MicrosoftError ? error.about : 'listing';
  const message = error instanceof MicrosoftError ? error.message : 'The test itself failed.';
  const failed = CHECKS.indexOf(about);
  return [
    ...BEFORE_ORGANIZATION.slice(0, failed).map((name) => good(name, credentials, now, true)),
    { name: about, ok: false, message },
    ...CHECKS.slice(failed + 1).map((name) => ({ name, ok: false, message: `Not checked: "${about}" comes first.` })),
  ];
}
