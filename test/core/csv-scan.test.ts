import { expect } from 'chai';
import fc from 'fast-check';
import { createCsvScan } from '../../src/core/csv-scan.ts';
import { isAppError } from '../../src/core/errors.ts';
import type { Delimiter } from '../../src/core/import.ts';
import { readCsv } from '../../src/services/read-csv.ts';

/** Why a file is refused; null when it is not. */
const refusalOf = async (work: () => unknown): Promise<string | null> => {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isAppError(error, 'unreadable_file', 'too_large')) throw error;
    return error.message;
  }
};

const scanned = (pieces: readonly string[], delimiter: Delimiter = ',') =>
  refusalOf(() => {
    const scan = createCsvScan(delimiter);
    for (const piece of pieces) scan.take(piece);
    scan.end();
  });

const parsed = (text: string, delimiter: Delimiter = ',') =>
  refusalOf(async () => {
    async function* whole() {
      yield text;
    }
    for await (const _ of readCsv(whole(), delimiter));
  });

const rowsOf = async (pieces: readonly string[]) => {
  async function* all() {
    yield* pieces;
  }
  const rows: object[] = [];
  for await (const piece of readCsv(all(), ',')) if ('row' in piece) rows.push(piece.row);
  return rows;
};

/** A sentence without what it says of lines. */
const kindOf = (refusal: string | null) => refusal?.replaceAll(/\d+/g, '#') ?? null;

describe('a look at a CSV file as it comes', () => {
  it('refuses what the parser refuses, and nothing else, wherever it is cut', async () => {
    const characters = fc.string({ unit: fc.constantFrom('"', '"', ',', ';', '\n', '\r', '\r\n', 'a', ' ', '\0') });
    const anyFile = fc.tuple(fc.constantFrom('h,i\n', 'h,i\r\n', '"h",i\r', '\n\nh,i\n'), characters, fc.nat(40));
    await fc.assert(
      fc.asyncProperty(anyFile, fc.constantFrom<Delimiter>(',', ';', '|'), async ([start, rest, at], delimiter) => {
        const text = start + rest;
        const refusal = await scanned([text.slice(0, at), text.slice(at)], delimiter);
        expect(kindOf(refusal)).to.equal(kindOf(await parsed(text, delimiter)));
      }),
      { numRuns: 500 },
    );
  });

  it('takes lines that end in different ways, and the parser reads the same rows of them, each with its line', async () => {
    const end = fc.constantFrom('\n', '\r', '\r\n');
    // Blank lines stand behind a row: `\r` and `\n` of two lines would be one line end.
    const row = fc.tuple(fc.array(fc.tuple(fc.constantFrom('a', 'b c', ''), end), { maxLength: 3 }), end, fc.nat(2));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), end, fc.nat(200), async (rows, headEnd, at) => {
        let text = `h,i${headEnd}`;
        let line = 2;
        const expected = rows.map(([parts, ending, blanks], n) => {
          const cell = `${n}${parts.map(([part, inner]) => `${part}${inner}.`).join('')}`;
          text += `"${cell}",x${ending}${ending.repeat(blanks)}`;
          const from = line;
          line += parts.length + 1 + blanks;
          return { line: from, cells: [cell, 'x'] };
        });
        expect(await scanned([text.slice(0, at), text.slice(at)])).to.equal(null);
        expect(await rowsOf([text.slice(0, at), text.slice(at)])).to.deep.equal(expected);
      }),
      { numRuns: 300 },
    );
  });

  for (const [what, rows, line] of [
    ['after rows and blank lines', '"a",1\n\n\n"b,2\nc,3\n', 5],
    ['behind cells of many lines', '"a\n\nb","c\nd","e\nf,3\n', 5],
    ['in a file from Windows', '"a\r\nb",1\r\n\r\nc,"2\r\nd,3\r\n', 5],
    ['in a file from an old Mac', 'a,"1\r1"\rb,"2\rc,3\r', 4],
    ['in a file of several systems', 'a,1\n"b\r\nc",2\r\nd,3\re,"4\n', 6],
    ['at the very end', 'a,1\nb,"', 3],
  ] as const)
    it(`names the line on which a quote opens that does not close, ${what}`, async () => {
      const end = rows.match(/\r\n|\n|\r/)?.[0];
      for (const pieces of [[`h,i${end}`, rows], [...`h,i${end}${rows}`]])
        expect(await scanned(pieces)).to.equal(`a quote that opens on line ${line} does not close`);
    });

  it('names the line of a quote that stands where none may', async () => {
    expect(await scanned(['h,i\r\n"a\r\nb",1\r\n\r\nc "d" e,2\r\n'])).to.equal(
      'line 5 cannot be read: a quote stands where none may',
    );
    expect(await scanned(['h,i\n"a"b,2\n'])).to.contain('line 2 cannot be read');
  });

  it('counts rows, not lines: 50,000 of them and a header of 100 columns are not too many', async () => {
    const cells = (count: number) => Array.from({ length: count }, (_, at) => `"c\n,${at}"`).join();
    const rows = (count: number) => '"a\nb",1\n\n'.repeat(count);
    expect(await scanned(['h,i\n', rows(50_000)])).to.equal(null);
    expect(await scanned(['h,i\n', rows(50_000), 'a'])).to.equal('the file has more than 50000 rows');
    expect(await scanned([cells(100), '\n', `${cells(101)}\n`])).to.equal(null);
    expect(await scanned([cells(101)])).to.equal('the file has more than 100 columns');
  });

  it('says of a row without end where it began, and of a quote that runs away where it opens', async () => {
    const long = 'x'.repeat(600_000);
    expect(await scanned(['h,i\na,1\n\n', long, ',', long])).to.equal('the row on line 4 is too long');
    expect(await scanned(['h,i\na,"1\n', `${long}\n${long}`])).to.equal('a quote that opens on line 2 does not close');
  });

  for (const character of ['x', 'ë', '漢', '\u{1F600}'])
    it(`counts the characters of a row, not their bytes: a million is not too many: ${character}`, async () => {
      const row = character.repeat(1_000_000 / character.length);
      for (const pieces of [['h\n', row], [`h\n"${row}"`]]) {
        expect(await scanned(pieces)).to.equal(null);
        expect(await parsed(pieces.join(''))).to.equal(null);
      }
      expect(await scanned(['h\n', row, 'x'])).to.equal('the row on line 2 is too long');
    });
});
