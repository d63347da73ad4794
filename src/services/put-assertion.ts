import { isUnassigned } from '../core/json.ts';
import type { Organization } from '../core/organization.ts';
import { scimAddress } from '../core/scim-address.ts';
import { ACTIVE, ownerRecord } from '../core/scim-view.ts';
import { type Attributes, recordOf, type SourceRecord, type User, withRecord } from '../core/user.ts';
import type { Draft } from './record-change.ts';
import type { ScimAssertion, ScimCaller } from './scim-assertion.ts';

/** Puts what the connection says in the place of what it said before; the person is its own from now on. */
export function putAssertion(user: User, caller: ScimCaller, assertion: ScimAssertion, creating = false): Draft {
  const former = recordOf(user, 'scim', caller.connectionId);
  const linking = former === undefined && !creating;
  const email = scimAddress(assertion.attributes);
  const record: SourceRecord = {
    source: 'scim',
    connectionId: caller.connectionId,
    externalId: assertion.externalId === undefined ? (former?.externalId ?? null) : assertion.externalId,
    attributes: assertion.attributes,
    ...(email === undefined ? {} : { email }),
    enabled: assertion.active ?? former?.enabled ?? null,
    terminated: former?.terminated ?? false,
    linked: former?.linked ?? !creating,
    stamps: {},
    ...(assertion.opaque === undefined ? {} : { opaque: assertion.opaque }),
    ...(assertion.uniqueValues?.length ? { uniqueValues: assertion.uniqueValues } : {}),
    at: '',
    by: { kind: 'connection', id: caller.connectionId },
  };
  return { user: withRecord({ ...user, scim: { ...user.scim, connectionId: caller.connectionId } }, record), linking };
}

/** SCIM DELETE: the id dies, ownership ends, the connection's last word is "disabled". */
export function retire(user: User, caller: ScimCaller, { settings }: Organization): Draft {
  const former = recordOf(user, 'scim', caller.connectionId);
  const draft = putAssertion(user, caller, {
    attributes: former?.attributes ?? {},
    externalId: undefined,
    active: false,
    opaque: former?.opaque,
  });
  const record = recordOf(draft.user, 'scim', caller.connectionId);
  const marked = record && settings.onScimDelete === 'terminate' ? { ...record, terminated: true } : record;
  const retired = marked ? withRecord(draft.user, marked) : draft.user;
  return { ...draft, user: { ...retired, scim: { id: null, connectionId: null, formerIds: formerIdsOf(user) } } };
}

/** More than anybody needs who asks about ids that died lately; the document must not grow for ever. */
const MOST_FORMER_IDS = 100;

/** The SCIM ids that have died, once the present one has too. */
export function formerIdsOf({ scim: { id, formerIds = [] } }: User): readonly string[] {
  return id === null ? formerIds : [...formerIds, id].slice(-MOST_FORMER_IDS);
}

/** "No value" stays asserted for what a PATCH does not touch. */
export function keepNulls(user: User, { attributes, active }: ScimAssertion): Attributes {
  const former = ownerRecord(user)?.attributes ?? {};
  const isTouched = (name: string) => Object.hasOwn(attributes, name) || (name === ACTIVE && active !== undefined);
  const nulls = Object.keys(former).filter((name) => isUnassigned(former[name] ?? null) && !isTouched(name));
  return nulls.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(nulls.map((name) => [name, null])) };
}
