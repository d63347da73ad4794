import type { DirectoryCheck, GoogleCredentials } from '../../src/ports/directory.ts';
import { CHECKS, type CheckName } from './error-rules.ts';
import { GoogleError } from './errors.ts';
import { CUSTOMER_SCOPE } from './scopes.ts';

/** The questions a test asks; each throws GoogleError. */
export interface Questions {
  /** Lists one person; null when Google shows nobody, or no customer id. */
  customerOfFirstPerson(): Promise<string | null>;
  customer(): Promise<{ readonly id: string; readonly domain: string | null }>;
}

/**
 * Tries the connection from the token to the listing and says in words what works, in the order in which it can fail.
 * Never throws. What comes after a failure is marked as not checked; a fault of ours goes to `report`.
 */
export async function testConnection(
  credentials: GoogleCredentials,
  questions: Questions,
  report: (fault: unknown) => void,
): Promise<readonly DirectoryCheck[]> {
  try {
    const listed = await questions.customerOfFirstPerson();
    const customer = await checkCustomer(questions, listed);
    return [...BEFORE_CUSTOMER.map((name) => good(name, credentials, listed)), customer];
  } catch (error) {
    if (!(error instanceof GoogleError)) report(error);
    return stoppedAt(error, credentials);
  }
}

const BEFORE_CUSTOMER = CHECKS.filter((name) => name !== 'customer');

const GOOD: Record<Exclude<CheckName, 'customer' | 'listing'>, (credentials: GoogleCredentials) => string> = {
  token: ({ clientEmail }) => `Google accepts the key of ${clientEmail}.`,
  delegation: ({ clientEmail }) => `${clientEmail} may act for the users of this Google Workspace.`,
  scope: () => 'The scope to read users is granted.',
  subject: ({ subject }) => `${subject} may read users.`,
};

function good(
  name: Exclude<CheckName, 'customer'>,
  credentials: GoogleCredentials,
  listed: string | null,
): DirectoryCheck {
  if (name !== 'listing') return { name, ok: true, message: GOOD[name](credentials) };
  if (listed === null)
    return { name, ok: false, message: 'The listing shows nobody, although an administrator exists.' };
  return { name, ok: true, message: 'The first person of the listing was read.' };
}

/** Failing here does no harm as long as the listing names the customer. */
async function checkCustomer(questions: Questions, listed: string | null): Promise<DirectoryCheck> {
  const name = 'customer';
  try {
    const { id, domain } = await questions.customer();
    if (listed !== null && listed !== id)
      return { name, ok: false, message: `The listing belongs to customer ${listed}, the account to customer ${id}.` };
    return { name, ok: true, message: domain ? `Customer ${id}, primary domain ${domain}.` : `Customer ${id}.` };
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    if (listed === null) return { name, ok: false, message: error.message };
    const why = MISSING_SCOPE.has(error.about)
      ? `the scope ${CUSTOMER_SCOPE} is not delegated; only the primary domain stays unknown, nothing else needs it`
      : error.message;
    return { name, ok: true, message: `Customer ${listed}, as the listing says (${why}).` };
  }
}

const MISSING_SCOPE: ReadonlySet<CheckName> = new Set(['delegation', 'scope']);

function stoppedAt(error: unknown, credentials: GoogleCredentials): readonly DirectoryCheck[] {
  const about = error instanceof GoogleError ? error.about : 'listing';
  const message = error instanceof GoogleError ? error.message : 'The test itself failed.';
  const failed = CHECKS.indexOf(about);
  return [
    ...BEFORE_CUSTOMER.slice(0, failed).map((name) => good(name, credentials, 'known')),
    { name: about, ok: false, message },
    ...CHECKS.slice(failed + 1).map((name) => ({ name, ok: false, message: `Not checked: "${about}" comes first.` })),
  ];
}
