import { ENTERPRISE, ENTRA_TRANSPORT, type EntraDialect, entraUserSteps } from './entra.ts';
import type { Player } from './player.ts';

/** One operation an attribute, capitalized, and truth values as text. */
export const LEGACY: EntraDialect = {
  profile: ({ givenName, workEmail, mobile, department, country }) => [
    { op: 'Replace', path: 'name.givenName', value: givenName },
    { op: 'Replace', path: 'emails[type eq "work"].value', value: workEmail },
    { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: mobile },
    { op: 'Add', path: 'addresses[type eq "work"].country', value: country },
    { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Hamilton' },
    { op: 'Add', path: `${ENTERPRISE}:department`, value: department },
  ],
  manager: (id) => [{ op: 'Add', path: `${ENTERPRISE}:manager`, value: id }],
  add: (userIds) => [{ op: 'Add', path: 'members', value: references(userIds) }],
  remove: (userIds) => [{ op: 'Remove', path: 'members', value: references(userIds) }],
  rename: (displayName) => [{ op: 'Replace', path: 'displayName', value: displayName }],
  active: (active) => [{ op: 'Replace', path: 'active', value: active ? 'True' : 'False' }],
};

function references(userIds: readonly string[]): readonly object[] {
  return userIds.map((value) => ({ $ref: null, value }));
}

/** Entra ID as it provisions without a feature flag. */
export const ENTRA_LEGACY: Player = {
  name: 'entra-legacy',
  provider: 'Microsoft Entra ID',
  ...ENTRA_TRANSPORT,
  steps: (desk) => entraUserSteps(desk, LEGACY, { ada: '', grace: '' }),
};
