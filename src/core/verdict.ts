import { DIRECTORY_ROWS } from './directory-verdicts.ts';
import { PERSON_ROWS } from './person-verdicts.ts';
import { type PersonFacts, VERDICT_CODES, type Verdict } from './verdict-facts.ts';

/**
 * Why a person is as they are, the answer first: of all that holds, in the order in which an admin would look. Never empty.
 */
export function verdictsOf(facts: PersonFacts): readonly Verdict[] {
  const found = VERDICT_CODES.flatMap((code) => [
    ...PERSON_ROWS.filter(([name]) => name === code).flatMap(([, say]) =>
      say(facts).map((said) => ({ code, source: null, ...said })),
    ),
    ...DIRECTORY_ROWS.filter(([name]) => name === code).flatMap(([, say]) =>
      facts.directories.flatMap((directory) => {
        const said = say(directory, facts);
        return said ? [{ code, source: directory.source, ...said }] : [];
      }),
    ),
  ]);
  return found.length > 0 ? found : [UNKNOWN];
}

const UNKNOWN: Verdict = {
  code: 'unknown',
  source: null,
  sentence: 'No source has mentioned this person.',
  next: 'Check the spelling of the address, or add the person by hand.',
};
