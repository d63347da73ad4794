import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import { aPerson, E, expectBody, expectError, expectList } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM lists that no index answers (RFC 7644 §3.4.2.1)', (on) => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim({ ...on, scanLimit: 5 });
    for (let n = 0; n < 6; n++)
      await scim.post(
        '/Users',
        aPerson({
          userName: `u${n}@example.com`,
          displayName: `User ${n}`,
          title: `T${n}`,
          active: n > 0,
          emails: [{ value: `u${n}@example.com`, type: 'work' }],
          [E]: { department: 'D' },
        }),
      );
  });
  after(() => scim.stop());

  for (const filter of [
    'title eq "T1"',
    'userName co "u1"',
    'userName ew "com"',
    'title eq "T1" or userName eq "u1@example.com"',
    'emails[type eq "work"]',
    `${E}:department eq "D"`,
    'not (userName pr)',
  ])
    it(`fact-32 refuses to look at everybody for ${filter}`, async () => {
      for (const rest of ['', '&cursor=', '&count=0', '&sortBy=userName']) {
        const { detail } = expectError(await scim.filter(filter, rest), 400, 'tooMany');
        expect(detail).to.match(/more than 5 users .* userName, externalId/);
      }
      for (const path of ['/.search', '/Users/.search']) expectError(await scim.post(path, { filter }), 400, 'tooMany');
    });

  for (const [filter, total] of [
    ['userName eq "U1@example.com"', 1],
    ['userName sw "u"', 6],
    ['userName pr', 6],
    ['userName ne "u1@example.com"', 5],
    ['emails[type eq "work"].value eq "u1@example.com"', 1],
    ['emails.value sw "u1"', 1],
    ['displayName eq "user 1"', 1],
    ['active eq false', 1],
    ['active eq true', 5],
    ['meta.created ge "2026-01-01T00:00:00Z"', 6],
    ['meta.lastModified gt "2027-01-01T00:00:00Z"', 0],
    ['title eq "T0" and active eq false', 1],
    ['title eq "T1" and userName lt "u5"', 1],
    ['(title eq "T1" or title eq "T2") and displayName sw "user 1"', 1],
  ] as const)
    it(`fact-32 is led by an index for ${filter}`, async () => {
      expectList(await scim.filter(filter), total);
    });

  it('fact-32 refuses to put everybody in an order that no index keeps', async () => {
    expectError(await scim.get('/Users?sortBy=title'), 400, 'tooMany');
    for (const sortBy of ['userName', 'displayName', 'id', 'meta.created', 'meta.lastModified', 'nonsense'])
      expectList(await scim.get(`/Users?sortBy=${sortBy}`), 6);
    expectList(await scim.get('/Users?sortBy=title&filter=userName%20lt%20%22u5%22'), 5);
  });

  it('fact-32 looks at as many as the setting allows', async () => {
    const all = expectList(await scim.get('/Users'), 6);
    await scim.delete(`/Users/${all[5].id}`);
    expectList(await scim.filter('title eq "T1"'), 1);
    expectBody(await scim.post('/Users', aPerson({ title: 'T5' })), 201);
    expectError(await scim.filter('title eq "T1"'), 400, 'tooMany');
  });
});
