import { expect } from 'chai';
import fc from 'fast-check';
import { fromCell, toCell } from '../../src/core/csv-cell.ts';

const PAYLOADS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  '＋1',
  '－1',
  '＠1',
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://x")',
];

describe('cells of a CSV file', () => {
  for (const payload of PAYLOADS)
    it(`${JSON.stringify(payload)} starts no formula, and comes back as it was`, () => {
      expect(toCell(payload)).to.equal(`'${payload}`);
      expect(fromCell(toCell(payload))).to.equal(payload);
    });

  it('every text comes back exactly as it was, apostrophes included', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("'", '=', '＝', '-', 'a', '\t', '\n') }));
    fc.assert(
      fc.property(text, (value) => fromCell(toCell(value)) === value && !/^[=+\-@\t\r\n＝＋－＠]/.test(toCell(value))),
    );
  });
});
