import { expect } from 'chai';
import { narrow, USER_FIELDS } from '../../scim/filter/condition.ts';
import { parseFilter } from '../../scim/filter/parse.ts';
import { viewPredicate } from '../../scim/filter/predicate.ts';
import { ScimError } from '../../scim/messages/scim-error.ts';
import { parsePatch } from '../../scim/patch/parse-patch.ts';
import { builtInSchemas } from '../../scim/schema/served-schemas.ts';
import { scimView } from '../../src/core/scim-view.ts';
import { aUser } from '../fixtures/users.ts';

const index = builtInSchemas().user.schema;

/** Texts of a size that make a careless parser look at everything again and again. */
const SHAPES: readonly (readonly [string, (size: number) => string])[] = [
  ['terms joined by and', repeated('userName eq "a"', ' and ')],
  ['terms joined by or', repeated('not (userName eq "a")', ' or ')],
  ['value paths', repeated('emails[type eq "a"]', ' or ')],
  ['one long text', (size) => `userName co "${'a'.repeat(size - 14)}"`],
  ['a text of escapes', (size) => `userName eq "${'\\\\'.repeat((size - 14) / 2)}"`],
  ['a text that never ends', (size) => `userName eq "${'\\\\a'.repeat((size - 13) / 3)}`],
  ['spaces', (size) => `userName${' '.repeat(size - 14)} eq "a"`],
  ['a long name', (size) => `${'a.'.repeat(size / 2 - 3)} pr`],
  ['a number', (size) => `userName eq ${'9'.repeat(size - 12)}`],
  ['open brackets', (size) => '('.repeat(size)],
  ['open negations', (size) => 'not ('.repeat(size / 5)],
];

const SMALL = 2_000;
const ROUNDS = 7;
const REPEATS = 60;
/** Twice the text may take twice the time, and what the machine adds to it. */
const MOST_TIMES = 3.2;
/** Below this nothing can be said of a ratio, and nobody is held up (milliseconds a filter). */
const NOTHING_MS = 0.05;

describe('the time a filter takes (S03)', () => {
  const view = scimView(aUser());

  const readWhole = (text: string) => {
    const filter = parseFilter(text, index, 'compat');
    narrow(filter, USER_FIELDS);
    viewPredicate(filter, (id) => id)(view);
  };
  const readPath = (text: string) =>
    parsePatch({ Operations: [{ op: 'replace', path: `emails[${text}].value`, value: 'x' }] }, index, 'compat');

  for (const [title, make] of SHAPES)
    for (const [use, read] of [
      ['filter', readWhole],
      ['path', readPath],
    ] as const)
      it(`grows no faster than the text: ${title}, as a ${use}`, () => {
        const [small, large] = [make(SMALL), make(SMALL * 2)];
        expect(large.length / small.length).to.be.within(1.9, 2.1);
        const ratios: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const [first, second] = [timeOf(read, small), timeOf(read, large)];
          ratios.push(second < NOTHING_MS ? 0 : second / first);
        }
        expect(Math.min(...ratios)).to.be.below(MOST_TIMES);
      });
});

/** Milliseconds one reading takes on average, refused or not. */
function timeOf(read: (text: string) => void, text: string): number {
  const started = performance.now();
  for (let time = 0; time < REPEATS; time++)
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
    }
  return (performance.now() - started) / REPEATS;
}

function repeated(term: string, joint: string): (size: number) => string {
  return (size) => {
    const times = Math.floor(size / (term.length + joint.length));
    return Array.from({ length: times }, () => term).join(joint);
  };
}
