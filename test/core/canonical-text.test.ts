import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalText } from '../../src/core/canonical-text.ts';
import { type Json, sameJson } from '../../src/core/json.ts';

describe('the canonical text', () => {
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

  it('is the value, as JSON', () =>
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalText(value))).to.deep.equal(plain(value));
      }),
    ));

  it('is the same for values that say the same, and for no others', () =>
    fc.assert(
      fc.property(json, json, (left, right) => {
        const [one, other] = [plain(left), plain(right)];
        expect(canonicalText(one) === canonicalText(other)).to.equal(sameJson(one, other));
        expect(canonicalText(turned(one))).to.equal(canonicalText(one));
      }),
    ));

  it('passes over members without a value', () =>
    expect(canonicalText({ b: 1, a: undefined } as unknown as Json)).to.equal('{"b":1}'));
});

/** As it comes out of JSON: without a negative zero. */
const plain = (value: Json): Json => JSON.parse(JSON.stringify(value));

/** The same, with the members of every object the other way round. */
function turned(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  const members = Object.entries(value).map(([name, member]) => [name, turned(member)] as const);
  return Object.fromEntries(members.reverse());
}
