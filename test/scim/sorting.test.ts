import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { aPerson, E, expectBody, expectError, expectList, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

/** Each with a nickName to be told by. */
const PEOPLE = [
  {
    nickName: 'a',
    displayName: 'bob',
    name: { familyName: 'Zuse', givenName: 'B' },
    emails: [{ value: 'z@x.example' }, { value: 'B@x.example', primary: true }],
    externalId: 'b',
    title: 'b',
    [E]: { department: 'R', employeeNumber: '2' },
  },
  {
    nickName: 'b',
    displayName: 'Ada',
    name: { familyName: 'adams' },
    emails: [{ value: 'c@x.example' }],
    externalId: 'B',
  },
  { nickName: 'c', active: false, externalId: 'a', title: 'A', [E]: { department: 'q' } },
  { nickName: 'd', displayName: 'BOB', name: { givenName: 'a' }, emails: [{ value: 'a@x.example' }], title: 'B' },
] as const;

describeOnBothStores('SCIM sorting (RFC 7644 §3.4.2.3)', (on) => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim(on);
    for (const [n, facts] of PEOPLE.entries()) {
      scim.advance(1000);
      expectBody(await scim.post('/Users', aPerson({ userName: `${'badc'[n]}@x.example`, ...facts })), 201);
    }
    const first = expectList(await scim.get('/Users?count=1'))[0];
    scim.advance(1000);
    await scim.patch(`/Users/${first.id}`, [{ op: 'replace', path: 'locale', value: 'de' }]);
  });
  after(() => scim.stop());

  const orderOf = async (query: string) => {
    const resources: Body[] = expectList(await scim.get(`/Users?${query}`));
    return resources.map(({ nickName }) => nickName).join('');
  };

  for (const [sortBy, wanted] of [
    ['userName', 'badc'],
    ['USERNAME', 'badc'],
    [`${U}:userName`, 'badc'],
    ['displayName', 'badc'],
    ['name.familyName', 'bacd'],
    ['name.givenName', 'dabc'],
    ['meta.created', 'abcd'],
    ['meta.lastModified', 'bcda'],
    ['id', 'abcd'],
    ['active', 'cabd'],
    ['externalId', 'bcad'],
    ['title', 'cadb'],
    [`${E}:department`, 'cabd'],
    [`${E}:employeeNumber`, 'abcd'],
    ['department', 'cabd'],
    ['emails', 'dabc'],
    ['emails.value', 'dabc'],
  ] as const) {
    it(`fact-42 orders by ${sortBy}, and descending is the reverse`, async () => {
      expect(await orderOf(`sortBy=${sortBy}`)).to.equal(wanted);
      expect(await orderOf(`sortBy=${sortBy}&sortOrder=Ascending`)).to.equal(wanted);
      const reverse = [...wanted].reverse().join('');
      expect(await orderOf(`sortBy=${sortBy}&sortOrder=descending`)).to.equal(reverse);
    });
  }

  it('fact-42 puts those without a value last, descending first', async () => {
    expect(await orderOf('sortBy=title')).to.match(/b$/);
    expect(await orderOf('sortBy=title&sortOrder=descending')).to.match(/^b/);
  });

  it('fact-42 ignores what cannot be ordered by, and an order without a sortBy', async () => {
    for (const query of [
      'sortBy=nonsense',
      'sortBy=name',
      'sortBy=password',
      'sortBy=',
      'sortOrder=descending',
      'sortBy=__proto__',
    ])
      expect(await orderOf(query), query).to.equal('abcd');
  });

  it('fact-42 refuses another direction', async () => {
    expectError(await scim.get('/Users?sortBy=userName&sortOrder=down'), 400, 'invalidValue');
  });

  it('fact-42 orders what a filter selects, page by page in either way', async () => {
    const filter = `filter=${encodeURIComponent('nickName ne "b"')}`;
    for (const sort of ['sortBy=title', 'sortBy=displayName&sortOrder=descending', 'sortBy=emails']) {
      const whole = await orderOf(`${filter}&${sort}`);
      expect(whole).to.have.length(3);
      const parts = await Promise.all([1, 2, 3].map((at) => orderOf(`${filter}&${sort}&count=1&startIndex=${at}`)));
      expect(parts.join('')).to.equal(whole);
      let walked = '';
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const body: Body = expectBody(await scim.get(`/Users?${filter}&${sort}&count=1&cursor=${cursor}`), 200);
        walked += body.Resources[0].nickName;
        cursor = body.nextCursor;
      }
      expect(walked).to.equal(whole);
    }
  });

  it('fact-42 is offered', async () => {
    expect(expectBody(await scim.get('/ServiceProviderConfig'), 200).sort).to.deep.equal({ supported: true });
  });
});
