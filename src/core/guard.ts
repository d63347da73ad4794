/** What a run proposes to take away, and what it is weighed against. */
export interface ProposedHarm {
  /** People the source last asserted active before the run. */
  readonly activeBefore: number;
  /** People the listing held. */
  readonly listed: number;
  /** Of those the source last asserted active: now inactive, gone, or out of the scope. */
  readonly removed: number;
  /** Would get a blank name or address. */
  readonly blanked: number;
  readonly changedEmails: number;
  readonly failed: number;
}

export interface GuardLimits {
  /** Removals always let through. */
  readonly removalFloor: number;
  /** Removals let through, as a share of the people active before. */
  readonly removalShare: number;
  /** Removals never let through above this number. */
  readonly removalMost: number;
  /** Names or addresses that may be blanked whatever the share. */
  readonly blankedFloor: number;
  readonly blankedShare: number;
  readonly changedEmailFloor: number;
  readonly changedEmailShare: number;
  readonly failedShare: number;
}

/** Limits of an integration that has not set its own (design §2.6). */
export const GUARD_LIMITS: GuardLimits = {
  removalFloor: 5,
  removalShare: 0.1,
  removalMost: 500,
  blankedFloor: 0,
  blankedShare: 0.1,
  changedEmailFloor: 0,
  changedEmailShare: 0.1,
  failedShare: 0.1,
};

interface GuardRule {
  readonly code: string;
  trips(harm: ProposedHarm, limits: GuardLimits): boolean;
  says(harm: ProposedHarm): string;
}

const RULES: readonly GuardRule[] = [
  {
    code: 'empty_listing',
    trips: ({ listed, activeBefore }) => listed === 0 && activeBefore > 0,
    says: ({ activeBefore }) => `the directory listed nobody, though ${activeBefore} people were active in it`,
  },
  {
    code: 'too_many_removals',
    trips: ({ removed, activeBefore }, limits) => exceedsRemovalLimits(removed, activeBefore, limits),
    says: ({ removed, activeBefore }) => `${removed} of ${activeBefore} active people would be removed`,
  },
  {
    code: 'too_many_blanked',
    trips: ({ blanked, activeBefore }, { blankedFloor, blankedShare }) =>
      blanked > blankedFloor && exceedsShare(blanked, activeBefore, blankedShare),
    says: ({ blanked, activeBefore }) => `${blanked} of ${activeBefore} people would lose their name or address`,
  },
  {
    code: 'too_many_changed_emails',
    trips: ({ changedEmails, activeBefore }, { changedEmailFloor, changedEmailShare }) =>
      changedEmails > changedEmailFloor && exceedsShare(changedEmails, activeBefore, changedEmailShare),
    says: ({ changedEmails, activeBefore }) => `${changedEmails} of ${activeBefore} people would get another address`,
  },
  {
    code: 'too_many_failed',
    trips: ({ failed, listed }, { failedShare }) => exceedsShare(failed, listed, failedShare),
    says: ({ failed, listed }) => `${failed} of ${listed} records could not be read`,
  },
];

/** Whether so many removals need an admin: above both the floor and the share, or above the most. */
export function exceedsRemovalLimits(
  removed: number,
  activeBefore: number,
  limits: GuardLimits = GUARD_LIMITS,
): boolean {
  if (removed > limits.removalMost) return true;
  return removed > limits.removalFloor && exceedsShare(removed, activeBefore, limits.removalShare);
}

/** A quotient is rounded as the share was when it was written down; a product is not, and 29 of 100 would exceed 0.29. */
function exceedsShare(part: number, whole: number, share: number): boolean {
  return whole === 0 ? part > 0 : part / whole > share;
}

/**
 * Weighs what a run would take away; every rule it breaks is named, none means it may be applied.
 */
export function weigh(
  harm: ProposedHarm,
  limits: GuardLimits = GUARD_LIMITS,
): readonly { readonly code: string; readonly message: string }[] {
  return RULES.filter((rule) => rule.trips(harm, limits)).map((rule) => ({
    code: rule.code,
    message: rule.says(harm),
  }));
}
