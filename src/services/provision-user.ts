import { AppError, isAppError } from '../core/errors.ts';
import { type Organization, withoutDeadOwner } from '../core/organization.ts';
import { type ScimView, scimView, seenByScim } from '../core/scim-view.ts';
import { recordOf, type User } from '../core/user.ts';
import type { ScimPage, ScimQuery } from '../ports/user-store.ts';
import { closeAccount } from './agency-conflicts.ts';
import { checkMatch } from './check-match.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';
import { openRefusedAccount, provision, refuseWhenOff, writtenBy } from './provision.ts';
import { keepNulls, putAssertion, retire } from './put-assertion.ts';
import { type Draft, recordChange } from './record-change.ts';
import type { IfMatch, ScimAssertion, ScimCaller } from './scim-assertion.ts';
import { closeLink, requireConsent } from './scim-link.ts';
import { isDeactivation, noteDeactivation, refuseHalted } from './watch-deactivations.ts';

export type { IfMatch, ScimAssertion, ScimCaller } from './scim-assertion.ts';

export type ScimListQuery = Omit<ScimQuery, 'organizationId' | 'connectionId'>;

/** SCIM's way to the one write path; each call answers from the stored result and waits for no queue. */
export interface ProvisionUser {
  /** POST. Creates, links or restores a person (design §2.3); refuses with a 409 code when somebody else holds the identifiers. */
  provision(caller: ScimCaller, assertion: ScimAssertion): Promise<User>;
  /**
   * PUT. Replaces what the connection asserts: omitted = no longer asserted, but `externalId` and `active` are kept. `say` may run again
   * on newer facts.
   */
  replace(caller: ScimCaller, scimId: string, say: (view: ScimView) => ScimAssertion, ifMatch: IfMatch): Promise<User>;
  /** PATCH. `change` may run again on newer facts. */
  modify(
    caller: ScimCaller,
    scimId: string,
    change: (view: ScimView) => ScimAssertion,
    ifMatch: IfMatch,
  ): Promise<User>;
  /** DELETE. The SCIM id answers 404 from then on; the person stays, deactivated or terminated. */
  deprovision(caller: ScimCaller, scimId: string, ifMatch: IfMatch): Promise<void>;
  /** Throws `not_found` for anybody this connection does not see. */
  read(caller: ScimCaller, scimId: string): Promise<User>;
  /** See the store. */
  list(caller: ScimCaller, query: ScimListQuery): Promise<ScimPage>;
  organization(organizationId: string): Promise<Organization>;
}

export function createProvisionUser(deps: WriteDependencies): ProvisionUser {
  const { users } = deps.stores;

  const read = async (caller: ScimCaller, scimId: string): Promise<User> => {
    return seenBy(caller, scimId, await users.findByScimId(caller.organizationId, scimId));
  };

  /** A sweep may not have reached everybody who lost their owner. */
  const readAs = async ({ settings }: Organization, caller: ScimCaller, scimId: string): Promise<User> => {
    const user = await users.findByScimId(caller.organizationId, scimId);
    return seenBy(caller, scimId, user && withoutDeadOwner(user, settings));
  };

  const changeSeen = async (
    caller: ScimCaller,
    scimId: string,
    ifMatch: IfMatch,
    draft: (user: User, organization: Organization) => Draft,
  ): Promise<User> => {
    let before: User | null = null;
    try {
      const { user } = await recordChange(deps, {
        ...writtenBy(caller),
        find: async (organization) => {
          refuseWhenOff(organization, caller);
          const seen = await readAs(organization, caller, scimId);
          checkMatch(seenByScim(seen).version, ifMatch);
          before = seen;
          await refuseHalted(deps, organization, caller, () =>
            isDeactivation(caller, seen, draft(seen, organization).user),
          );
          await requireConsent(deps, caller, seen, organization.settings);
          return seen;
        },
        draft,
      });
      await afterWrite(deps, caller, before, user);
      return user;
    } catch (error) {
      if (before && isAppError(error, 'email_taken')) await openRefusedAccount(deps, accountOf(caller, before), error);
      throw error;
    }
  };

  return {
    read,
    provision: (caller, assertion) => provision(deps, caller, assertion),

    async replace(caller, scimId, say, ifMatch) {
      const user = await changeSeen(caller, scimId, ifMatch, (found) =>
        putAssertion(found, caller, say(scimView(found))),
      );
      // Said again, the former address ends what a wrong one began.
      await closeAccount(deps, caller.organizationId, accountOf(caller, user));
      return user;
    },

    modify: (caller, scimId, change, ifMatch) =>
      changeSeen(caller, scimId, ifMatch, (user) => {
        const assertion = change(scimView(user));
        return putAssertion(user, caller, { ...assertion, attributes: keepNulls(user, assertion) });
      }),

    async deprovision(caller, scimId, ifMatch) {
      const user = await changeSeen(caller, scimId, ifMatch, (found, organization) =>
        retire(found, caller, organization),
      );
      await closeAccount(deps, caller.organizationId, accountOf(caller, user));
    },

    list: ({ organizationId, connectionId }, query) => users.listForScim({ ...query, organizationId, connectionId }),

    organization: (organizationId) => readOrganization(deps, organizationId),
  };
}

const accountOf = (caller: ScimCaller, user: User) => ({
  ...caller,
  externalId: recordOf(user, 'scim', caller.connectionId)?.externalId ?? null,
});

async function afterWrite(deps: WriteDependencies, caller: ScimCaller, before: User | null, user: User): Promise<void> {
  if (before?.email !== user.email) await closeAccount(deps, caller.organizationId, accountOf(caller, user));
  if (before?.scim.connectionId === null) await closeLink(deps, caller, user);
  if (before && isDeactivation(caller, before, user)) await noteDeactivation(deps, caller, user);
}

function seenBy(caller: ScimCaller, scimId: string, user: User | null): User {
  if (!user || !isSeenBy(user, caller)) throw new AppError('not_found', `no user with id ${scimId}`);
  return user;
}

/** A connection sees the employees it owns and those nobody owns. */
function isSeenBy(user: User, { connectionId }: ScimCaller): boolean {
  return user.kind === 'employee' && (user.scim.connectionId ?? connectionId) === connectionId;
}
