import { expect } from 'chai';
import { parseBulk } from '../../scim/bulk/parse-bulk.ts';
import { planBulk } from '../../scim/bulk/plan-bulk.ts';
import { wavesOf } from '../../scim/bulk/waves.ts';
import { E } from './expectations.ts';

describe('SCIM bulk: what is done at the same time', () => {
  const cut = (operations: readonly object[]): readonly (readonly number[])[] => {
    const spoken = { dialect: 'compat', baseUrl: 'http://127.0.0.1/scim/v2/o' } as const;
    const parsed = parseBulk({ Operations: operations as never }, spoken).operations;
    return wavesOf(planBulk(parsed), parsed).map((wave) => wave.map(({ at }) => at));
  };
  const post = (bulkId: string, data: object, path = '/Users') => ({ method: 'POST', path, bulkId, data });

  it('is creations that nobody could take for each other', () => {
    const plain = { title: 'T', locale: 'en', active: true, [E]: { department: 'D' } };
    const person = (n: number) =>
      post(`b${n}`, { userName: `u${n}`, emails: [{ value: `e${n}`, type: 'work' }], ...plain });
    expect(cut([person(1), person(2), person(3)])).to.deep.equal([[0, 1, 2]]);
    expect(cut(Array.from({ length: 70 }, (_, n) => person(n))).map(({ length }) => length)).to.deep.equal([32, 32, 6]);
  });

  it('is never two that share what may single somebody out', () => {
    for (const [first, second] of [
      [{ userName: 'ada' }, { UserName: ' ADA ' }],
      [
        { userName: 'a', externalId: 'x' },
        { userName: 'b', externalId: 'X' },
      ],
      [
        { userName: 'a', emails: [{ value: 'e' }] },
        { userName: 'b', emails: 'E' },
      ],
      [{ userName: 'a@x' }, { userName: 'b', emails: { value: 'A@X' } }],
      [
        { userName: 'a', 'urn:custom': { badge: '7' } },
        { userName: 'b', 'urn:custom': { number: ['7'] } },
      ],
      [{ displayName: 'Staff' }, { displayName: 'staff' }],
      [{ userName: 'Zo\u00eb' }, { userName: 'ZOE\u0308' }],
    ] as const)
      expect(cut([post('a', first), post('b', second)]), JSON.stringify(first)).to.deep.equal([[0], [1]]);
  });

  it('is never a resource and what refers to it, nor resources of two types, nor anything but creations', () => {
    const managed = { userName: 'b', [E]: { manager: { value: 'bulkId:a' } } };
    expect(cut([post('a', { userName: 'a' }), post('b', managed)])).to.deep.equal([[0], [1]]);
    expect(cut([post('a', { userName: 'a' }), post('b', { displayName: 'b' }, '/Groups')])).to.deep.equal([[0], [1]]);
    const remove = { method: 'DELETE', path: '/Users/1' };
    expect(cut([post('a', { userName: 'a' }), remove, post('b', { userName: 'b' })])).to.deep.equal([[0], [1], [2]]);
  });
});
