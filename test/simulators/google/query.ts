import type { GoogleUser } from './people.ts';

type Test = (user: GoogleUser, value: string) => boolean;

const same = (left: unknown, right: string) => String(left ?? '').toLowerCase() === right.toLowerCase();

/** The few search fields the simulator knows; `:` is a search, `=` is equality. */
const FIELDS: { readonly [clause: string]: Test } = {
  'isSuspended=': (user, value) => same(user.suspended, value),
  'isArchived=': (user, value) => same(user.archived, value),
  'orgUnitPath=': (user, value) => same(user.orgUnitPath, value),
  'email=': (user, value) => [user.primaryEmail, ...(user.aliases ?? [])].some((address) => same(address, value)),
  'email:': (user, value) => prefixed(user.primaryEmail, value),
  'givenName:': (user, value) => prefixed(user.name?.givenName, value),
  'familyName:': (user, value) => prefixed(user.name?.familyName, value),
};

function prefixed(text: unknown, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  const has = String(text ?? '').toLowerCase();
  return wanted.endsWith('*') ? has.startsWith(wanted.slice(0, -1)) : has === wanted;
}

/**
 * Compiles a search of users.list: clauses `field=value` or `field:value*`, joined by spaces, which mean "and".
 * Throws a SyntaxError for anything else.
 */
export function parseQuery(text: string): (user: GoogleUser) => boolean {
  const clauses = [...text.matchAll(/\s*(\w+[=:])(?:'([^']*)'|(\S+))/gy)];
  if (clauses.map(([whole]) => whole).join('').length !== text.trimEnd().length)
    throw new SyntaxError('Invalid Input: query');
  const tests = clauses.map(([, field = '', quoted, plain]) => {
    const test = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (!test) throw new SyntaxError(`Invalid Input: query (${field})`);
    return (user: GoogleUser) => test(user, quoted ?? plain ?? '');
  });
  return (user) => tests.every((test) => test(user));
}
