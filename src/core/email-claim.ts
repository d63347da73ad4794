import { fold } from './fold.ts';
import type { Settings } from './organization.ts';
import type { Resolved } from './resolve.ts';
import type { HeldEmail, SourceRecord, User } from './user.ts';

/** Circumstances of one write that decide whether an address may move. */
export interface ClaimTerms {
  /** This write links a source to a person who was here before: it never changes the address. */
  readonly linking: boolean;
  /** Somebody else holds the wanted address. */
  readonly taken: boolean;
  /** An admin has confirmed the wanted address. */
  readonly confirmed: boolean;
}

export interface Claim {
  readonly email: string | null;
  readonly heldEmail: HeldEmail | null;
}

/**
 * Decides whether a person's address moves to the resolved value. Addresses are claimed, not resolved (design §2.3).
 *
 * It moves unless this write links, the wanted address lies outside the organization's own domains while the source only
 * linked the person, or somebody else holds it; then the address stays and `heldEmail` says why.
 */
export function claimEmail(user: User, resolved: Resolved, settings: Settings, terms: ClaimTerms): Claim {
  const { email: wanted } = resolved;
  const winner = resolved.winners.get('email');
  if (wanted === undefined || !winner) return { email: user.email, heldEmail: null };
  if (sameAddress(wanted, user.email)) return { email: wanted, heldEmail: null };
  const confirmed = terms.confirmed || wasConfirmed(user.heldEmail, wanted, winner);
  const reason = holdReason(user, wanted, winner, settings, { ...terms, confirmed });
  if (reason === null) return { email: wanted, heldEmail: null };
  const held = { wanted, source: winner.source, reason };
  return { email: user.email, heldEmail: confirmed ? { ...held, confirmed } : held };
}

function holdReason(
  user: User,
  wanted: string | null,
  winner: SourceRecord,
  settings: Settings,
  terms: ClaimTerms,
): HeldEmail['reason'] | null {
  if (!terms.confirmed && winner.source !== 'manual') {
    if (terms.linking || heldByLinking(user.heldEmail, wanted, winner)) return 'linking';
    if (winner.linked && !isOwnDomain(wanted, settings)) return 'foreign_domain';
  }
  return terms.taken ? 'taken' : null;
}

/** A hold that began with the link lasts until the source says something else or an admin confirms. */
function heldByLinking(held: HeldEmail | null, wanted: string | null, { source }: SourceRecord): boolean {
  return held?.reason === 'linking' && held.source === source && sameAddress(held.wanted, wanted);
}

/** An admin's word holds for this address of this source until it is free. */
function wasConfirmed(held: HeldEmail | null, wanted: string | null, { source }: SourceRecord): boolean {
  return held?.confirmed === true && held.source === source && sameAddress(held.wanted, wanted);
}

/** Whether an address lies in one of the organization's own domains; with none set, none does. */
export function isOwnDomain(address: string | null, settings: Settings): boolean {
  if (address === null) return false;
  return settings.domains.includes(fold(address.slice(address.lastIndexOf('@') + 1)));
}

export function sameAddress(left: string | null, right: string | null): boolean {
  if (left === null || right === null) return left === right;
  return fold(left) === fold(right);
}

/** Whether text may serve as an address here: exactly one `@`, something on both sides of it. */
export function isAddress(text: string): boolean {
  const at = text.indexOf('@');
  return at > 0 && at === text.lastIndexOf('@') && at < text.length - 1;
}
