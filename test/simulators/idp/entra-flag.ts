import { checkStatus } from './checks.ts';
import type { Desk } from './desk.ts';
import { ENTERPRISE, ENTRA_TRANSPORT, type EntraDialect, entraUserSteps } from './entra.ts';
import { LEGACY } from './entra-legacy.ts';
import type { Player, Step } from './player.ts';

/** Lower case, true booleans, everything that needs no filter in one operation without a path. */
const FLAG: EntraDialect = {
  profile: ({ givenName, workEmail, mobile, department, country }) => [
    { op: 'replace', value: { 'name.givenName': givenName, [`${ENTERPRISE}:department`]: department } },
    { op: 'replace', path: 'emails[type eq "work"].value', value: workEmail },
    { op: 'add', path: 'phoneNumbers[type eq "mobile"].value', value: mobile },
    { op: 'add', path: 'addresses[type eq "work"].country', value: country },
  ],
  manager: (id) => [{ op: 'replace', value: { [`${ENTERPRISE}:manager`]: id } }],
  add: (userIds) => [{ op: 'add', path: 'members', value: userIds.map((value) => ({ value })) }],
  remove: (userIds) => userIds.map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` })),
  rename: (displayName) => [{ op: 'replace', value: { displayName } }],
  active: (active) => [{ op: 'replace', path: 'active', value: active }],
};

/** Entra ID with `aadOptscim062020` in its tenant URL; on-demand provisioning ignores the flag. */
export const ENTRA_FLAG: Player = {
  name: 'entra-flag',
  provider: 'Microsoft Entra ID (aadOptscim062020)',
  ...ENTRA_TRANSPORT,
  steps(desk) {
    const ids = { ada: '', grace: '' };
    return [...entraUserSteps(desk, FLAG, ids), onDemand(desk, ids)];
  },
};

function onDemand(desk: Desk, ids: { readonly grace: string }): Step {
  return {
    name: 'provision on demand, in the other dialect',
    play: async () => checkStatus(await desk.patch(`/Users/${ids.grace}`, LEGACY.active(false)), 200, 204),
    leaves: { grace: 'deactivated' },
  };
}
