import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'chai';
import { NEWER_USER_FIELDS } from './google/directory-api.ts';
import { type GoogleSimulator, startGoogleSimulator } from './google/start-google-simulator.ts';
import { googleClient } from './google-client.ts';

const PEOPLE = 2_000;

/** The published schema with closed objects, and the fields that only the client library's types know so far. */
function contract(definition: 'Users' | 'User' | 'Group' | 'Members' | 'Member'): ValidateFunction {
  const { google } = JSON.parse(readFileSync(new URL('./directory-contract.json', import.meta.url), 'utf8'));
  for (const field of NEWER_USER_FIELDS)
    google.$defs.User.properties[field] = { type: FIELD_TYPES[field as keyof typeof FIELD_TYPES] };
  const ajv = new Ajv({ formats: { 'date-time': RFC_3339, int64: /^-?\d+$/ } });
  return ajv.compile({ ...google, $ref: `#/$defs/${definition}` });
}

const FIELD_TYPES = {
  suspensionTime: 'string',
  archivalTime: 'string',
  isGuestUser: 'boolean',
  guestAccountInfo: 'object',
};
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

describe('the Google simulator and the published contract', () => {
  let simulator: GoogleSimulator;
  before(async () => {
    simulator = await startGoogleSimulator({ seed: 3, people: PEOPLE });
  });
  afterEach(() => simulator.control.reset());
  after(() => simulator.close());

  async function pages(parameters: object): Promise<readonly unknown[]> {
    const { users } = googleClient(simulator);
    const read: unknown[] = [];
    let pageToken: string | undefined;
    do {
      const { data } = await users.list({ maxResults: 500, ...parameters, ...(pageToken ? { pageToken } : {}) });
      read.push(data);
      pageToken = data.nextPageToken ?? undefined;
    } while (pageToken);
    return read;
  }

  function expectValid(validate: ValidateFunction, replies: readonly unknown[]): void {
    for (const reply of replies) expect(validate(reply), JSON.stringify(validate.errors)).to.equal(true);
  }

  it('keeps to it for every person of a full listing', async () => {
    const replies = await pages({ customer: 'my_customer' });
    expectValid(contract('Users'), replies);
    expect(replies).to.have.length(4);
  });

  it('keeps to it after changes, for deleted people, and with a mask', async () => {
    simulator.control.mutate(
      { do: 'suspend', who: { from: 10, to: 30 } },
      { do: 'archive', who: 31 },
      { do: 'change-email', who: 40, to: 'new.address@sim.example' },
      { do: 'swap-emails', who: 41, with: 42 },
      { do: 'delete', who: { from: 50, to: 60 } },
      { do: 'add', count: 5 },
    );
    const users = contract('Users');
    expectValid(users, await pages({ customer: 'my_customer' }));
    expectValid(users, await pages({ customer: 'my_customer', showDeleted: 'true' }));
    expectValid(
      users,
      await pages({ customer: 'my_customer', fields: 'kind,etag,nextPageToken,users(id,name/givenName)' }),
    );
    expectValid(users, await pages({ domain: 'emea.sim.example' }));
  });

  it('keeps to it for one person', async () => {
    const { users } = googleClient(simulator);
    const ids = [0, 1, 2, 500, PEOPLE - 1].map((index) => String(simulator.control.person(index)?.id));
    const replies = await Promise.all(ids.map(async (userKey) => (await users.get({ userKey })).data));
    expectValid(contract('User'), replies);
  });

  it('keeps to it for a group and its members of every kind, page by page and with a mask', async () => {
    const outside = { id: '999', type: 'USER', email: 'x@elsewhere.example' };
    const others = [
      outside,
      { id: 'n', type: 'GROUP', email: 'n@sim.example' },
      { id: 'C0rollcall', type: 'CUSTOMER' },
    ];
    const people = Array.from({ length: 450 }, (_, index) => index);
    simulator.control.mutate({ do: 'suspend', who: 7 }, { do: 'delete', who: 8 });
    simulator.control.group({ id: 'g', email: 'g@sim.example', members: [...others, ...people] });
    simulator.control.group({ id: 'none', email: 'none@sim.example', name: 'None', members: [] });
    const { groups, members } = googleClient(simulator);
    const fields = 'kind,etag,nextPageToken,members(id,type,status)';
    const replies = [(await members.list({ groupKey: 'none' })).data];
    for (const mask of [{}, { fields }])
      for (const pageToken of ['members-0', 'members-200', 'members-400'])
        replies.push((await members.list({ groupKey: 'g@sim.example', pageToken, ...mask })).data);
    expectValid(contract('Members'), replies);
    expect(replies.map((reply) => reply.members?.length)).to.deep.equal([undefined, 199, 200, 53, 199, 200, 53]);
    expect(replies.at(-3)?.members?.[0]).to.have.all.keys('id', 'type');
    expectValid(contract('Group'), [
      (await groups.get({ groupKey: 'g' })).data,
      (await groups.get({ groupKey: 'none' })).data,
    ]);
  });

  it('the contract itself notices a field too many, a wrong type and a bad date', () => {
    const validate = contract('User');
    const person = simulator.control.person(1);
    expect(validate(person)).to.equal(true);
    for (const defect of [
      { nickname: 'x' },
      { suspended: 'false' },
      { creationTime: 'yesterday' },
      { name: { nick: 'x' } },
      { aliases: 'a@b' },
    ])
      expect(validate({ ...person, ...defect }), JSON.stringify(defect)).to.equal(false);
  });

  it('the contract itself notices what is wrong with a member and with a group', () => {
    for (const [definition, defect] of [
      ['Member', { id: 7 }],
      ['Member', { name: 'x' }],
      ['Members', { members: {} }],
      ['Members', { members: [{ kind: null }] }],
      ['Group', { directMembersCount: '1.5' }],
      ['Group', { visibility: 'x' }],
    ] as const)
      expect(contract(definition)(defect), JSON.stringify(defect)).to.equal(false);
  });

  it('names customers as the client library types them', async () => {
    const { data } = await googleClient(simulator).customers.get({ customerKey: 'my_customer' });
    expect(data).to.include({ kind: 'admin#directory#customer', id: 'C0rollcall', customerDomain: 'sim.example' });
  });
});
