import { EMAIL } from './assertions.ts';
import { type Claim, type ClaimTerms, claimEmail } from './email-claim.ts';
import { regrant } from './grants.ts';
import { applyTransitions, blockingOf, type Effect, type Transition, transitionOf } from './lifecycle.ts';
import { nextVersion } from './next-version.ts';
import { type Settings, withoutDeadOwner } from './organization.ts';
import { isSame } from './person-fields.ts';
import { type Resolved, resolveUser } from './resolve.ts';
import { type StampTerms, stampRecords } from './stamp-records.ts';
import type { Access, SourceRecord, Status, User } from './user.ts';

export interface SettleTerms extends ClaimTerms, StampTerms {
  /** The person signs in now: a directory that reports them active may be granted. */
  readonly signingIn: boolean;
  /** The access of the draft is the one they had in this status, and changes with it; left out: in that of before. */
  readonly accessOf?: Status | undefined;
}

/** The outcome of settling: the person as they shall be stored, and what that did to their access. */
export interface Settled {
  /** `before` itself when nothing changed; otherwise one version on. */
  readonly user: User;
  readonly changed: boolean;
  readonly effects: readonly Effect[];
}

export const PLAIN_TERMS = { linking: false, taken: false, confirmed: false, signingIn: false, restated: [] } as const;

/**
 * Makes a person true: from the person as stored and as drafted (records put, access set) to the person to be saved.
 *
 * Pure. Grants are brought up to the settings, assertions stamped with the coming version, effective values resolved, the
 * lifecycle's effects applied to the access, marks cleared on a return to active, the address claimed, and an owner that is
 * switched off taken away. The person never saved before has version 0. Nothing changed → `before` is returned as it is.
 */
export function settle(before: User, drafted: User, settings: Settings, terms: SettleTerms): Settled {
  const draft = withoutDeadOwner(drafted, settings);
  const granted = draft.kind === 'agency' ? draft.records : regrant(draft.records, settings, terms.signingIn);
  const stamped = stampRecords(before, granted, terms);
  const resolved = resolveUser({ ...draft, records: stamped }, settings);
  const records = resolved.status === 'active' ? clearMarks(stamped) : stamped;
  const transitions = transitionsOf(before, draft, resolved.status, terms.accessOf);
  const { access, effects } = applyTransitions(draft.access, transitions, before.status === 'active');
  const claimTerms = { ...terms, linking: terms.linking && isLinkedNow(before, resolved.winners.get(EMAIL)) };
  const claim = claimEmail(draft, resolved, settings, claimTerms);
  const next = withFormerPools(before, compose(draft, records, resolved, access, claim));
  if (before.version > 0 && isSame(before, next)) return { user: before, changed: false, effects: [] };
  const moment = { settingsVersion: settings.version, updatedAt: terms.at };
  return { user: nextVersion(before, next, moment), changed: true, effects };
}

function transitionsOf(before: User, draft: User, status: Status, accessOf: Status | undefined) {
  const now = transitionOf(before.status, status) ?? blockingOf(before, draft);
  if (accessOf === undefined) return [moveOf(before, draft), now];
  // Whoever comes back to what they were has not come back.
  return [transitionOf(accessOf, status), status === 'active' ? null : now];
}

/** Joining an agency, leaving it, or changing from one to another. */
function moveOf(before: User, { kind, agencyId }: User): Transition | null {
  if (before.version === 0 || (before.kind === kind && before.agencyId === agencyId)) return null;
  if (kind === 'employee') return 'to_employee';
  return before.kind === 'agency' ? 'to_other_agency' : 'to_agency';
}

function compose(
  draft: User,
  records: readonly SourceRecord[],
  resolved: Resolved,
  access: Access,
  claim: Claim,
): User {
  const { email, heldEmail } = claim;
  return { ...draft, records, status: resolved.status, attributes: resolved.attributes, access, email, heldEmail };
}

/** What somebody leaves with their status or kind is remembered, and no way back. */
function withFormerPools(before: User, next: User): User {
  if (before.status === next.status && before.kind === next.kind) return next;
  const left = before.access.pools.filter((pool) => !next.access.pools.includes(pool));
  if (left.length === 0) return next;
  return { ...next, formerPools: [...new Set([...(next.formerPools ?? []), ...left])] };
}

/** Whether a record is the one that this write links, and not one that had its say before. */
function isLinkedNow({ records }: User, record: SourceRecord | undefined): boolean {
  if (!record) return false;
  return !records.some(
    ({ source, connectionId, externalId }) =>
      source === record.source && connectionId === record.connectionId && externalId === record.externalId,
  );
}

/** A rehire starts clean: no terminated mark outlives a return to active. */
function clearMarks(records: readonly SourceRecord[]): readonly SourceRecord[] {
  if (!records.some(({ terminated }) => terminated)) return records;
  return records.map((record) => (record.terminated ? { ...record, terminated: false } : record));
}
