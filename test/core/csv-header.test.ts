import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { COLUMN_NAMES, COLUMNS, POOL_SYNONYMS, POOLS } from '../../src/core/csv-columns.ts';
import { headerKey, IGNORED_COLUMNS, ignoredHeaders, suggestColumns } from '../../src/core/csv-header.ts';

const GUIDE = readFileSync(new URL('../../docs/people.md', import.meta.url), 'utf8');
const FIELDS = { customFields: [{ key: 'badge', name: 'Badge number', type: 'text' }] } as const;

/** The spellings of each column, as the guide lists them. */
const LISTED = Array.from(GUIDE.matchAll(/^\| `(\w+)` \| ([^|`]*) ?\|$/gm), ([, name = '', synonyms = '']) => ({
  name,
  synonyms: synonyms
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean),
})).filter(({ name }) => [...COLUMN_NAMES, POOLS].some((column) => column === name));

const taken = (header: string) => suggestColumns([header], FIELDS)[0];

describe('the headers of a CSV file', () => {
  it('are known by the spellings that the guide lists, and by no others', () => {
    const known = [
      ...COLUMN_NAMES.map((name) => ({ name, synonyms: COLUMNS[name].synonyms })),
      { name: POOLS, synonyms: POOL_SYNONYMS },
    ];
    expect(LISTED).to.deep.equal(known);
  });

  for (const { name, synonyms } of LISTED)
    it(`mean ${name} in each of its spellings, whatever the case, blanks and punctuation`, () => {
      for (const spelling of [name, ...synonyms]) {
        const spellings = [spelling, spelling.toUpperCase(), ` ${spelling.replaceAll(' ', '_')} `, `${spelling}:`];
        expect(spellings.map(taken)).to.deep.equal(spellings.map(() => name));
      }
    });

  it('mean a field of the organization by its key and its name', () => {
    expect(['custom.badge', 'Badge', 'badge-NUMBER'].map(taken)).to.deep.equal(Array(3).fill('custom.badge'));
    expect(suggestColumns(['Badge'], {})).to.deep.equal([null]);
  });

  it('mean what everybody has before a field of the same name', () => {
    const fields = { customFields: [{ key: 'title', name: 'Status', type: 'text' }] } as const;
    expect(suggestColumns(['title', 'status', 'custom.title'], fields)).to.deep.equal(['title', null, 'custom.title']);
  });

  it('mean one column each, and each column is taken once', () => {
    expect(suggestColumns(['mobile', 'phone', 'nonsense'], FIELDS)).to.deep.equal(['phone', null, null]);
    const keys = LISTED.flatMap(({ name, synonyms }) => [...new Set([name, ...synonyms].map(headerKey))]);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('that are never written are those the guide lists, and are told as ignored', () => {
    const [, sentence = ''] = /\*\*Never imported\*\*, and listed as `ignored`: ([\s\S]*?)\. An `id`/.exec(GUIDE) ?? [];
    const listed = Array.from(sentence.matchAll(/`(\w+)`(?: \(([^)]*)\))?/g), ([, name = '', synonyms = '']) => [
      name,
      synonyms
        .split(',')
        .map((one) => one.trim().replace(/\s+/g, ' '))
        .filter(Boolean),
    ]);
    expect(Object.fromEntries(listed)).to.deep.equal(IGNORED_COLUMNS);
    const headers = Object.entries(IGNORED_COLUMNS).flat(2);
    const columns = suggestColumns(headers, FIELDS);
    expect(ignoredHeaders(headers, { columns, key: 'email' })).to.deep.equal(headers);
    expect(ignoredHeaders(headers, { columns, key: 'id' })).to.deep.equal(headers.filter((one) => one !== 'id'));
  });
});
