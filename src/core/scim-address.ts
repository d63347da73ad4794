import { isAddress } from './email-claim.ts';
import { isList, isObject, type Json } from './json.ts';
import type { Attributes } from './user.ts';

/**
 * The address a SCIM resource asserts: the primary email, else the first of type `work`, else the first, else userName.
 *
 * A candidate without exactly one `@` is skipped. None left: null when `emails` was explicitly emptied, else undefined.
 */
export function scimAddress(attributes: Attributes): string | null | undefined {
  const emails = isList(attributes.emails) ? attributes.emails.filter(isObject) : [];
  const ordered = [
    ...emails.filter(({ primary }) => primary === true),
    ...emails.filter(({ type }) => typeof type === 'string' && type.toLowerCase() === 'work'),
    ...emails,
  ].map(({ value }) => value);
  for (const candidate of [...ordered, attributes.userName])
    if (typeof candidate === 'string' && isAddress(candidate.trim())) return candidate.trim();
  return isEmptied(attributes.emails) ? null : undefined;
}

function isEmptied(emails: Json | undefined): boolean {
  return emails === null || (isList(emails) && emails.length === 0);
}
