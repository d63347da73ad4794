import { expect } from 'chai';
import { readCsv } from '../../src/services/read-csv.ts';

async function linesOf(text: string): Promise<readonly number[]> {
  async function* whole() {
    yield text;
  }
  const lines: number[] = [];
  for await (const piece of readCsv(whole(), ',')) if ('row' in piece) lines.push(piece.row.line);
  return lines;
}

describe('lines of a CSV file', () => {
  for (const [name, end] of [
    ['of Unix', '\n'],
    ['of Windows', '\r\n'],
  ] as const)
    it(`are counted as an editor counts them, whatever breaks ${name} stand within cells and header`, async () => {
      const rows = [
        `email,"full${end}name"`,
        'a@x.io,Ann',
        `b@x.io,"Bea${end}${end}B."`,
        '',
        'c@x.io,Cid',
        'd@x.io,Dan',
      ];
      expect(await linesOf(rows.join(end))).to.deep.equal([3, 4, 8, 9]);
    });
});
