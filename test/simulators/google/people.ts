import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/index.js';
import { dice } from '../shared/dice.ts';
import { nameFor } from '../shared/names.ts';

export type GoogleUser = admin_directory_v1.Schema$User;

export interface Tenant {
  readonly seed: number;
  readonly customerId: string;
  /** The primary domain and a second one. */
  readonly domains: readonly [string, string];
}

/**
 * The person at a position, as Google would show them: a pure function of seed and index, so a tenant of any size costs no memory.
 *
 * About 4 % are suspended, 1 % archived, 3 % guests; ids and addresses are all distinct. Position 0 is the administrator.
 */
export function personAt(tenant: Tenant, index: number): GoogleUser {
  const number = isTwin(index) ? index - 1 : index;
  const roll = (salt: number) => dice(tenant.seed, index, salt);
  const [givenName, familyName] =
    index === 0 ? (['Directory', 'Admin'] as const) : nameFor(dice(tenant.seed, number, 1));
  const domain = domainOf(tenant, index);
  const suspended = index > 0 && roll(3) % 100 < 4;
  const local = index === 0 ? 'admin' : `${slug(givenName)}.${slug(familyName)}.${number}`;
  return {
    kind: 'admin#directory#user',
    id: idOf(tenant, index),
    etag: `"${roll(4).toString(36)}/0"`,
    primaryEmail: `${local}@${domain}`,
    name: { givenName, familyName, fullName: `${givenName} ${familyName}` },
    isAdmin: index === 0,
    isDelegatedAdmin: false,
    suspended,
    ...(suspended ? { suspensionReason: 'ADMIN' } : {}),
    archived: index > 0 && roll(5) % 100 === 7,
    customerId: tenant.customerId,
    orgUnitPath: UNITS[roll(6) % UNITS.length] ?? '/',
    isGuestUser: index > 0 && roll(7) % 100 < 3,
    isMailboxSetup: true,
    isEnrolledIn2Sv: roll(8) % 2 === 0,
    isEnforcedIn2Sv: false,
    creationTime: new Date(FOUNDED + (index % 2_000) * 86_400_000).toISOString(),
    lastLoginTime: new Date(FOUNDED + (2_000 + (roll(9) % 200)) * 86_400_000).toISOString(),
    emails: [{ address: `${local}@${domain}`, primary: true }],
    ...(roll(10) % 5 === 0 ? { aliases: [`alias.${index}@${domain}`] } : {}),
    ...(roll(11) % 3 === 0 ? {} : { organizations: [organization(roll(12))] }),
    ...(roll(13) % 2 === 0 ? {} : { externalIds: [{ type: 'organization', value: `E${100_000 + index}` }] }),
  };
}

/** The position an id belongs to, or null when this tenant never gave it out. */
export function indexOfId(tenant: Tenant, id: string): number | null {
  const index = Number(id.slice(-14));
  return Number.isSafeInteger(index) && idOf(tenant, index) === id ? index : null;
}

/** The positions whose address as born could be this one. */
export function indexesOfEmail(email: string): readonly number[] {
  if (email.startsWith('admin@')) return [0];
  const number = /\.(\d{1,14})@/.exec(email)?.[1];
  return number === undefined ? [] : [Number(number), Number(number) + 1];
}

const FOUNDED = Date.UTC(2019, 0, 7);
const UNITS = ['/', '/Sales', '/Engineering', '/Engineering/Platform', '/People & Culture'];
const TITLES = ['Engineer', 'Recruiter', 'Account Manager', 'Head of Operations'];

const idOf = ({ seed }: Tenant, index: number) =>
  `1${String(seed % 1_000_000).padStart(6, '0')}${String(index).padStart(14, '0')}`;

/** Every fortieth person shares the part before the @ with the one before, in the other domain. */
const isTwin = (index: number) => index % 40 === 2;

function domainOf({ seed, domains }: Tenant, index: number): string {
  if (index % 40 < 2) return domains[0];
  return isTwin(index) || dice(seed, index, 2) % 4 === 0 ? domains[1] : domains[0];
}

function organization(roll: number): object {
  return {
    title: TITLES[roll % TITLES.length],
    department: UNITS[roll % UNITS.length]?.slice(1) || 'Board',
    primary: true,
  };
}

/** ASCII letters of a name, at most 20; Google allows no others before the @. */
function slug(name: string): string {
  const letters = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return letters.slice(0, 20) || 'person';
}
