import { dice } from '../shared/dice.ts';
import { nameFor } from '../shared/names.ts';

/** A person as Graph shows them; every property it has may be asked for. */
export type GraphUser = { readonly id: string } & { readonly [property: string]: unknown };

export interface Tenant {
  readonly seed: number;
  readonly tenantId: string;
  /** The domain the tenant was born with, and its own one. */
  readonly domains: readonly [initial: string, primary: string];
}

/**
 * The person at a position, as Graph would show them: a pure function of seed and index, so a tenant of any size costs no memory.
 *
 * About 4 % are disabled, 3 % guests, 5 % without a mailbox, 1 % of no stated type; ids and addresses are all distinct.
 */
export function personAt(tenant: Tenant, index: number): GraphUser {
  const roll = (salt: number) => dice(tenant.seed, index, salt);
  const [given, family] = nameFor(roll(1));
  const local = `${slug(given)}.${slug(family)}.${index}`;
  const guest = roll(7) % 100 < 3;
  const [initial, primary] = tenant.domains;
  const address = guest ? `${local}@home.example` : `${local}@${primary}`;
  const hasMail = guest || roll(2) % 100 >= 5;
  return {
    id: idOf(tenant, index),
    displayName: `${given} ${family}`,
    givenName: given,
    surname: family,
    mail: hasMail ? address : null,
    userPrincipalName: guest ? `${local}_home.example#EXT#@${initial}` : address,
    otherMails: roll(10) % 5 === 0 ? [`alias.${index}@${primary}`] : [],
    accountEnabled: roll(3) % 100 >= 4,
    userType: roll(5) % 100 === 7 ? null : guest ? 'Guest' : 'Member',
    externalUserState: guest ? 'Accepted' : null,
    assignedLicenses: roll(6) % 5 === 0 ? [] : [{ disabledPlans: [], skuId: SKU }],
    department: roll(11) % 3 === 0 ? null : (UNITS[roll(12) % UNITS.length] ?? null),
    jobTitle: roll(11) % 3 === 0 ? null : (TITLES[roll(12) % TITLES.length] ?? null),
    employeeId: roll(13) % 2 === 0 ? null : `E${100_000 + index}`,
    createdDateTime: new Date(FOUNDED + (index % 2_000) * 86_400_000).toISOString(),
    businessPhones: [],
    officeLocation: null,
    preferredLanguage: null,
    mobilePhone: null,
  };
}

/** The position an id belongs to, or null when this tenant never gave it out. */
export function indexOfId(tenant: Tenant, id: string): number | null {
  const index = Number.parseInt(id.slice(-12), 16);
  return Number.isSafeInteger(index) && idOf(tenant, index) === id.toLowerCase() ? index : null;
}

/** The position whose principal name as born could be this one. */
export function indexOfName(name: string): number | null {
  const number = /\.(\d{1,14})[@_]/.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}

const FOUNDED = Date.UTC(2019, 0, 7);
const SKU = 'c7df2760-2c81-4ef7-b578-5b5392b571df';
const UNITS = ['Sales', 'Engineering', 'People & Culture', 'Board'];
const TITLES = ['Engineer', 'Recruiter', 'Account Manager', 'Head of Operations'];

export const idOf = ({ seed }: Tenant, index: number) =>
  `${(seed >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

/** ASCII letters of a name, at most 20. */
function slug(name: string): string {
  const letters = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return letters.slice(0, 20) || 'person';
}
