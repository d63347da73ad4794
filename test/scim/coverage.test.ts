import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The cases of real identity providers, by the letter of their table and how many each has. */
const CASES: ReadonlyMap<string, number> = new Map([
  ['C', 24],
  ['Q', 27],
  ['U', 30],
  ['R', 13],
  ['P', 43],
  ['D', 8],
  ['G', 28],
]);
const ALL_CASES = 173;

/** The facts of RFC 7643, 7644 and 9865 that servers get wrong. */
const FACTS = 60;

/** The beginning of a title: one id or several. */
const BEGINNINGS = /(?<=['"`])(?:(?:case-[A-Z]\d\d|fact-\d+)\b[, ]*)+/g;
const ID = /case-[A-Z]\d\d|fact-\d+/g;

describe('what is known of providers and of the RFCs', () => {
  const titles = new Set<string>();
  before(() => {
    for (const path of globSync('test/**/*.test.ts', { cwd: ROOT }))
      for (const [beginning] of readFileSync(`${ROOT}${path}`, 'utf8').matchAll(BEGINNINGS))
        for (const [id] of beginning.matchAll(ID)) titles.add(id);
  });
  const missing = (ids: readonly string[]) => ids.filter((id) => !titles.has(id));

  it('has a test named by each of the 173 cases', () => {
    const ids = [...CASES].flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, at) => `case-${letter}${String(at + 1).padStart(2, '0')}`),
    );
    expect(ids).to.have.length(ALL_CASES);
    expect(missing(ids)).to.deep.equal([]);
  });

  it('has a test named by each of the 60 facts', () =>
    expect(missing(Array.from({ length: FACTS }, (_, at) => `fact-${at + 1}`))).to.deep.equal([]));
});
