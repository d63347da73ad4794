import { adminTitle } from './admin-title.ts';
import type { PersonFacts, Said, VerdictCode } from './verdict-facts.ts';

type Row = readonly [code: VerdictCode, say: (facts: PersonFacts) => readonly Said[]];

const one = (holds: boolean, sentence: string, next: string): readonly Said[] => (holds ? [{ sentence, next }] : []);

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
    ({ user, scimEnabled, directories }) =>
      one(
        user?.status === 'unprovisioned' &&
          scimEnabled &&
          !user.records.some(({ source }) => source === 'scim') &&
          directories.some(({ record }) => record !== null),
        'SCIM is on and has not provisioned this person: directories only observe meanwhile.',
        'Assign the person to the application in the identity provider, or switch SCIM off.',
      ),
  ],
  [
    'deactivated',
    ({ user, winner }) =>
      one(
        user?.status === 'deactivated',
        `Deactivated${winner ? ` by ${winner.who} at ${winner.record.at}` : ''}.`,
        winner?.record.source === 'manual' ? 'Activate the person.' : 'The source that decides has to say so again.',
      ),
  ],
  [
    'terminated',
    ({ user, winner }) =>
      one(
        user?.status === 'terminated',
        `Terminated${winner ? ` by ${winner.who} at ${winner.record.at}` : ''}; roles were erased.`,
        'Activate the person to rehire them; access has to be given anew.',
      ),
  ],
  [
    'not_activated',
    ({ user, directories }) =>
      one(
        user?.status === 'unprovisioned' && directories.every(({ record }) => record === null),
        'Nobody has activated this person yet.',
        'Activate the person.',
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
