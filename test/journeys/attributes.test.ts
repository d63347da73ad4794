import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const CUSTOM_FIELDS = [
  { key: 'badge', name: 'Badge', type: 'text' },
  { key: 'desks', name: 'Desks', type: 'number' },
  { key: 'remote', name: 'Remote', type: 'boolean' },
  { key: 'since', name: 'Since', type: 'date' },
  { key: 'shirt', name: 'Shirt', type: 'choice', choices: ['S', 'M', 'L'] },
];

/** The closed set, each with a value. */
const EVERYTHING = {
  displayName: 'Ada Lovelace',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  title: 'Analyst',
  department: 'Engines',
  location: 'London',
  manager: { value: 'm1', displayName: 'Charles' },
  employeeNumber: 'E-7',
  phoneNumbers: [{ value: '+44 20 1', type: 'work' }],
  linkedIn: 'https://www.linkedin.com/in/ada',
  timezone: 'Europe/London',
  dailyInterviewLimit: 2,
  weeklyInterviewLimit: 5,
  custom: { badge: 'B7', desks: 1.5, remote: true, since: '2026-01-31', shirt: 'M' },
};

describeBothWays('the attributes of a person', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let users = '';
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    users = `${organization.path}/users`;
    await organization.change({ customFields: CUSTOM_FIELDS });
  });
  afterEach(() => rollcall.stop());

  const patch = (id: string, body: object) => rollcall.api.patch(`${users}/${id}`, body);

  it('are a closed set that adding and editing accept, and the answer says who owns each', async () => {
    const { displayName, name, ...direct } = EVERYTHING;
    const added = await organization.addUser(displayName, 'ada@example.com', { ...direct, attributes: { name } });
    expect(added.attributes).to.deep.equal(EVERYTHING);
    const { id } = await organization.addUser(displayName, 'countess@example.com');
    const { displayName: _, ...edit } = EVERYTHING;
    const edited = expectStatus(await patch(id, { attributes: edit }), 200);
    expect(edited.attributes).to.deep.equal(EVERYTHING);
    const custom = Object.keys(EVERYTHING.custom).map((key) => `custom.${key}`);
    const { custom: __, ...others } = direct;
    for (const { owners } of [added, edited]) {
      expect(owners).to.have.all.keys('name', 'email', ...Object.keys(others), ...custom);
      expect(new Set(Object.values(owners))).to.deep.equal(new Set(['manual']));
    }
    expect(await organization.user(id)).to.deep.equal(edited);
  });

  it('are cleared with null, one custom field by itself, and absent where nobody says any', async () => {
    const added = await organization.addUser('Ada', 'ada@example.com', {
      location: 'London',
      title: null,
      custom: { badge: 'B7', desks: 2 },
    });
    expect(added.attributes).to.deep.equal({
      displayName: 'Ada',
      location: 'London',
      custom: { badge: 'B7', desks: 2 },
    });
    expect(added.owners).not.to.have.property('title');
    const one = expectStatus(await patch(added.id, { location: null, custom: { badge: null } }), 200);
    expect(one.attributes).to.deep.equal({ displayName: 'Ada', custom: { desks: 2 } });
    const none = expectStatus(await patch(added.id, { attributes: { custom: { desks: null } } }), 200);
    expect(none.attributes).to.deep.equal({ displayName: 'Ada' });
    const { items } = expectStatus(await rollcall.api.get(`${users}/${added.id}/history`), 200);
    expect(items.map(({ what, from, to }: Body) => [what, from, to])).to.deep.include(['custom.badge', 'B7', null]);
  });

  for (const [what, body, at] of [
    ['an attribute nobody knows', { shoeSize: 42 }, 'shoeSize'],
    ['a field that is not declared', { custom: { shoeSize: 42 } }, 'custom.shoeSize'],
    ['the same inside attributes', { attributes: { custom: { shoeSize: 42 } } }, 'attributes.custom.shoeSize'],
    ['a number for a text', { custom: { badge: 7 } }, 'custom.badge'],
    ['a text for a number', { custom: { desks: '7' } }, 'custom.desks'],
    ['a date that is none', { custom: { since: '2026-02-30' } }, 'custom.since'],
    ['what is not to be chosen', { custom: { shirt: 'XXL' } }, 'custom.shirt'],
    ['a field twice', { custom: { badge: 'a' }, attributes: { custom: { badge: 'b' } } }, 'attributes.custom.badge'],
    ['half an interview', { dailyInterviewLimit: 1.5 }, 'dailyInterviewLimit'],
    ['less than no interview', { weeklyInterviewLimit: -1 }, 'weeklyInterviewLimit'],
    ['a time zone nobody knows', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['a LinkedIn address that is none', { linkedIn: 'javascript:alert(1)' }, 'linkedIn'],
  ] as const)
    it(`refuse ${what}, naming where, in both calls`, async () => {
      const { id } = await organization.addUser('Ada', 'ada@example.com');
      const before = await organization.user(id);
      const create = { name: 'Bob', email: 'bob@example.com', ...body };
      for (const { status, body: answer } of [await patch(id, body), await rollcall.api.post(users, create)]) {
        expect(status).to.equal(400);
        expect(answer.errors[0].path).to.equal(at);
      }
      expect(await organization.user(id)).to.deep.equal(before);
    });

  it('that are Rollcall’s own are neither shown to SCIM nor taken over by it', async () => {
    const { id, email } = await organization.addUser('Ada', 'ada@example.com', {
      title: 'Analyst',
      location: 'London',
      custom: { badge: 'B7' },
    });
    const scim = await organization.connectScim();
    const shown = (await scim.get('/Users')).body.Resources[0];
    expect(shown.title).to.equal('Analyst');
    expect(JSON.stringify(shown)).not.to.match(/rollcall|London|B7/);
    const operations = [{ op: 'replace', path: 'nickName', value: 'Countess' }];
    expect((await scim.patch(`/Users/${shown.id}`, operations)).status).to.be.oneOf([200, 204]);
    const { owners } = await organization.user(id);
    expect(owners).to.include({ title: 'scim', location: 'manual', 'custom.badge': 'manual' });
    const refused = await patch(id, { title: 'Countess', location: 'Ockham' });
    expect(refused.body).to.deep.include({ code: 'overridden', source: 'scim', attributes: ['title'] });
    const edited = expectStatus(await patch(id, { location: 'Ockham', custom: { badge: 'B8' } }), 200);
    expect(edited).to.include({ email });
    expect(edited.attributes).to.deep.include({ location: 'Ockham', custom: { badge: 'B8' } });
    expectStatus(
      await rollcall.api.put(`${organization.path}/schemas/urn:rollcall:schemas:1.0:Person`, {
        name: 'x',
        attributes: [{ name: 'location' }],
      }),
      400,
    );
  });

  it('find people by location', async () => {
    await organization.addUser('Ada', 'ada@example.com', { location: 'London' });
    await organization.addUser('Bob', 'bob@example.com', { location: 'Paris' });
    const { items } = expectStatus(await rollcall.api.get(`${users}?status=all&location=LONDON`), 200);
    expect(items.map(({ name }: Body) => name)).to.deep.equal(['Ada']);
  });

  it('that the organization declares no longer are not shown, and are there again when it does', async () => {
    const added = await organization.addUser('Ada', 'ada@example.com', { custom: { badge: 'B7', desks: 2 } });
    await organization.change({ customFields: CUSTOM_FIELDS.filter(({ key }) => key !== 'badge') });
    const { items } = expectStatus(await rollcall.api.get(`${users}?status=all`), 200);
    for (const { attributes, owners } of [items[0], await organization.user(added.id)]) {
      expect(attributes.custom).to.deep.equal({ desks: 2 });
      expect(owners).to.have.all.keys('name', 'email', 'custom.desks');
    }
    await organization.change({ customFields: CUSTOM_FIELDS });
    expect(await organization.user(added.id)).to.deep.include({ attributes: added.attributes, owners: added.owners });
  });

  it('are declared as settings: each field with a key of its own and a type', async () => {
    const settings = () => rollcall.api.get(`${organization.path}/settings`);
    expect((await settings()).body.customFields).to.deep.equal(CUSTOM_FIELDS);
    for (const customFields of [
      [
        { key: 'a', name: 'A', type: 'text' },
        { key: 'a', name: 'B', type: 'text' },
      ],
      [{ key: 'Bad key', name: 'A', type: 'text' }],
      [{ key: 'a', name: 'A', type: 'choice' }],
      [{ key: 'a', name: 'A', type: 'text', choices: ['x'] }],
      [{ key: 'a', name: 'A', type: 'color' }],
    ])
      expect((await rollcall.api.patch(`${organization.path}/settings`, { customFields })).status).to.equal(400);
    await organization.change({ customFields: [] });
    expect((await settings()).body.customFields).to.deep.equal([]);
  });
});
