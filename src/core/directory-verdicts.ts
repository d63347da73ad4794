import { SOURCE_TITLES } from './change-summary.ts';
import type { HeldPlan } from './sync-state.ts';
import { isQuarantined } from './trouble.ts';
import type { DirectoryFacts, PersonFacts, Said, VerdictCode } from './verdict-facts.ts';

type DirectoryRow = readonly [code: VerdictCode, say: (facts: DirectoryFacts, person: PersonFacts) => Said | null];

const title = ({ source }: DirectoryFacts): string => SOURCE_TITLES[source];
const isNobody = ({ user }: PersonFacts): boolean => user === null;
const isIn = ({ user }: PersonFacts): boolean => user?.status === 'active';

/** What the directory says, asked just now or last seen by a run. */
function saysOf({ live, record }: DirectoryFacts): readonly string[] {
  if (live?.found) return live.activity === 'inactive' ? live.reasons : [];
  if (live?.found === false || !record?.directory) return [];
  return record.directory.activity === 'inactive' ? record.directory.reasons : [];
}

const isLeftOut = ({ live, reasons, record }: DirectoryFacts, code: string): string | null => {
  if (live?.found) return live.leftOut?.code === code ? live.leftOut.message : null;
  if (live?.found === false) return null;
  const said = record?.directory?.reasons.find(
    (reason) => code === 'out_of_scope' && reason.startsWith('out of scope'),
  );
  return said ?? reasons.find((reason) => reason.code === code)?.message ?? null;
};

const leftOutRow = (code: 'guest' | 'unlicensed' | 'out_of_scope', next: string): DirectoryRow => [
  code,
  (facts, person) => {
    const message = isIn(person) ? null : isLeftOut(facts, code);
    return message === null ? null : { sentence: `${title(facts)} has the person, who is ${message}.`, next };
  },
];

const inactiveRow = (code: VerdictCode, reason: RegExp, words: string, next: string): DirectoryRow => [
  code,
  (facts) => {
    const seen = saysOf(facts).some((said) => reason.test(said));
    const skipped =
      facts.live === null && facts.record === null && facts.reasons.some(({ message }) => reason.test(message));
    if (!seen && !skipped) return null;
    const said = saysOf(facts).find((text) => text.startsWith('suspensionReason'));
    return { sentence: `${title(facts)} says the account is ${words}${said ? ` (${said})` : ''}.`, next };
  },
];

/** Verdicts that speak of one directory. */
export const DIRECTORY_ROWS: readonly DirectoryRow[] = [
  inactiveRow('suspended', /\bsuspended\b(?! is not)/, 'suspended', 'Restore the account in the Google Admin console.'),
  inactiveRow('archived', /\barchived\b(?! is not)/, 'archived', 'Unarchive the account in the Google Admin console.'),
  inactiveRow(
    'disabled_account',
    /accountEnabled: false/,
    'disabled',
    'Enable the account in the Microsoft Entra admin center.',
  ),
  [
    'not_in_directory',
    (facts, person) => {
      const { live, record } = facts;
      const isGone = live ? live.found === false : record?.directory?.present === false;
      if (!isGone || (isIn(person) && record === null)) return null;
      const who = record ? 'no longer has this person' : 'has nobody with this address';
      return {
        sentence: `${title(facts)} ${who}.`,
        next: 'Create or restore the account there, or check the spelling of the address.',
      };
    },
  ],
  leftOutRow('guest', 'Take guests too (includeGuests), or invite the person as a member.'),
  leftOutRow('unlicensed', 'Assign a license, or take people without one too (onlyLicensed).'),
  leftOutRow('out_of_scope', "Change the integration's scope, or move the person into it."),
  [
    'no_address',
    (facts, person) => {
      const { live, reasons } = facts;
      const isBare = live?.found ? live.email === null : reasons.some(({ code }) => code === 'no_email');
      return isNobody(person) && isBare
        ? {
            sentence: `${title(facts)} has the person, but no usable address for them.`,
            next: 'Give the account a mailbox or an address.',
          }
        : null;
    },
  ],
  [
    'unreadable',
    (facts) => {
      const said = facts.reasons.find(({ code }) => code === 'malformed' || code === 'unknown_activity');
      return said
        ? {
            sentence: `${title(facts)} shows the person in a way that cannot be trusted: ${said.message}.`,
            next: 'Look at the account there; the next run reads it again.',
          }
        : null;
    },
  ],
  [
    'waiting_in_plan',
    ({ staged, state, ...facts }) =>
      staged && state.plan
        ? {
            sentence: `A change by ${SOURCE_TITLES[facts.source]} waits in ${planWords(state.plan)}.`,
            next: 'Look at the plan and approve or reject it.',
          }
        : null,
  ],
  [
    'waiting_grace',
    ({ pending, source }) =>
      pending
        ? {
            sentence: `${SOURCE_TITLES[source]}: ${pending.why} since ${pending.since}; they leave at ${pending.dueAt} unless they come back.`,
            next: 'Bring the person back in the directory in time, or protect them.',
          }
        : null,
  ],
  [
    'sync_off',
    (facts, person) =>
      facts.syncUsers || isIn(person) || (facts.record === null && !isNobody(person))
        ? null
        : {
            sentence: `Syncing users from ${title(facts)} is switched off.`,
            next: `Switch on "Sync ${title(facts)} users?".`,
          },
  ],
  [
    'quarantined',
    (facts) => {
      const { trouble } = facts.state;
      if (!facts.syncUsers || !isQuarantined(trouble)) return null;
      const next = trouble.nextAttemptAt ? `the next attempt is at ${trouble.nextAttemptAt}` : 'it is switched off';
      return {
        sentence: `The sync of ${title(facts)} has failed since ${trouble.since}: ${trouble.message} (${next})`,
        next: 'Mend the connection and start a run.',
      };
    },
  ],
  [
    'directory_unreachable',
    (facts) =>
      facts.live?.found === null
        ? {
            sentence: `${title(facts)} could not be asked: ${facts.live.message}`,
            next: 'Ask again, or test the connection.',
          }
        : null,
  ],
  [
    'not_enabled',
    (facts, { user, scimEnabled }) =>
      user?.status === 'unprovisioned' &&
      !scimEnabled &&
      facts.syncUsers &&
      facts.record?.directory?.activity === 'active'
        ? {
            sentence: `${title(facts)} reports the person active, but synced users are not enabled automatically, and they have never signed in.`,
            next: 'Activate the person, let them sign in, or switch on "Automatically enable synced users?".',
          }
        : null,
  ],
  [
    'not_seen_yet',
    (facts, person) =>
      isNobody(person) &&
      facts.syncUsers &&
      facts.live?.found === true &&
      facts.live.activity === 'active' &&
      facts.live.leftOut === null &&
      facts.live.email !== null
        ? {
            sentence: `${title(facts)} has the person${aliasWords(facts.live.email, person.email)}; no run has brought them yet${facts.nextDueAt ? `, the next is due at ${facts.nextDueAt}` : ''}.`,
            next: 'Start a run, or wait for the next.',
          }
        : null,
  ],
];

const planWords = ({ number, expiresAt }: HeldPlan): string => `plan ${number}, which expires at ${expiresAt}`;

const aliasWords = (email: string, asked: string | null): string =>
  asked !== null && email.toLowerCase() !== asked.toLowerCase() ? ` under the address ${email}` : '';
