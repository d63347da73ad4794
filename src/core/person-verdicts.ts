import { adminTitle } from './admin-title.ts';
import type { PersonFacts, Said, VerdictCode } from './verdict-facts.ts';

type Row = readonly [code: VerdictCode, say: (facts: PersonFacts) => readonly Said[]];

const one = (holds: boolean, sentence: string, next: string): readonly Said[] => (holds ? [{ sentence, next }] : []);

/** SCIM alone brings employees to life while it is on. */
const isScims = ({ user, scimEnabled }: PersonFacts): boolean => scimEnabled && user?.kind === 'employee';

const isHeldByScim = (facts: PersonFacts): boolean =>
  isScims(facts) &&
  facts.user?.status === 'unprovisioned' &&
  !facts.user.records.some(({ source }) => source === 'scim');

const IN_THE_PROVIDER = 'Assign the person to the application in the identity provider, or switch SCIM off.';

/** What brings a person to life where a hand may; nothing that would be refused. */
function toActivate(facts: PersonFacts, byHand: string): string {
  if (isScims(facts)) return IN_THE_PROVIDER;
  if (!facts.isAgencyArchived) return byHand;
  const orEmployee = facts.scimEnabled ? '' : ', or make them an employee';
  return `Move the person to an agency that is not archived${orEmployee}.`;
}

const toReturn = (facts: PersonFacts, byHand: string): string =>
  facts.winner?.isLive ? 'The source that decides has to say so again.' : toActivate(facts, byHand);

const byWhom = ({ winner }: PersonFacts): string => (winner ? ` by ${winner.who} at ${winner.record.at}` : '');

/** Verdicts that speak of no directory in particular. */
export const PERSON_ROWS: readonly Row[] = [
  [
    'blocked',
    ({ user }) =>
      user?.block
        ? [
            {
              sentence: `Blocked by ${adminTitle(user.block.by)} at ${user.block.at}: ${user.block.reason}. Nobody signs in as them, whatever the status.`,
              next: 'Lift the block once it is safe again.',
            },
          ]
        : [],
  ],
  [
    'active',
    ({ user, winner }) =>
      one(
        user?.status === 'active',
        winner ? `Active: ${winner.who} said so at ${winner.record.at}.` : 'Active.',
        'Nothing has to be done.',
      ),
  ],
  [
    'in_conflict',
    ({ conflicts }) =>
      conflicts.map(({ message, withWhom }) => ({
        sentence: `In conflict${withWhom ? ` with ${withWhom}` : ''}: ${message}.`,
        next: 'Open the list of conflicts and accept or dismiss it, or change one of the two.',
      })),
  ],
  [
    'held_by_scim',
    (facts) =>
      one(
        isHeldByScim(facts),
        `SCIM is on and has not provisioned this person${facts.directories.some(({ record }) => record) ? ': directories only observe meanwhile' : ''}.`,
        IN_THE_PROVIDER,
      ),
  ],
  [
    'deactivated',
    (facts) =>
      one(
        facts.user?.status === 'deactivated',
        `Deactivated${byWhom(facts)}.`,
        toReturn(facts, 'Activate the person.'),
      ),
  ],
  [
    'terminated',
    (facts) =>
      one(
        facts.user?.status === 'terminated',
        `Terminated${byWhom(facts)}; roles were erased.`,
        toReturn(facts, 'Activate the person to rehire them; access has to be given anew.'),
      ),
  ],
  [
    'not_activated',
    (facts) =>
      one(
        facts.user?.status === 'unprovisioned' &&
          !isHeldByScim(facts) &&
          facts.directories.every(({ record }) => record === null),
        'Nobody has activated this person yet.',
        toActivate(facts, 'Activate the person.'),
      ),
  ],
  [
    'not_connected',
    ({ user, directories, scimEnabled }) =>
      one(
        user === null && directories.length === 0 && !scimEnabled,
        'No directory is connected and SCIM is off: people come by hand only.',
        'Connect a directory or an identity provider, or add the person by hand.',
      ),
  ],
];
