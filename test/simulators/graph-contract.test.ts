import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'chai';
import { type GraphSimulator, startGraphSimulator } from './graph/start-graph-simulator.ts';
import { graphClient } from './graph-client.ts';

const PEOPLE = 2_000;
const SELECT =
  'id,displayName,givenName,surname,mail,userPrincipalName,otherMails,accountEnabled,userType,externalUserState,assignedLicenses,department,jobTitle,employeeId';

/** The published schema of a user with closed objects; what OData adds to a record is left to the tests. */
function contract(): ValidateFunction {
  const { graph } = JSON.parse(readFileSync(new URL('./directory-contract.json', import.meta.url), 'utf8'));
  graph.$defs['microsoft.graph.assignedLicense'].additionalProperties = false;
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const ajv = new Ajv({ allowUnionTypes: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT/, uuid, int32: true } });
  return ajv.compile({ ...graph, $ref: '#/$defs/microsoft.graph.user' });
}

describe('the Graph simulator and the published contract', () => {
  let simulator: GraphSimulator;
  before(async () => {
    simulator = await startGraphSimulator({ seed: 3, people: PEOPLE });
  });
  afterEach(() => simulator.control.reset());
  after(() => simulator.close());

  async function expectValid(path: string, people: number): Promise<void> {
    const validate = contract();
    let seen = 0;
    for (const { body } of await graphClient(simulator).pages(path)) {
      expect(body['@odata.context']).to.match(/\/v1\.0\/\$metadata#users/);
      for (const record of body.value) {
        seen += 1;
        if (record['@removed'] === undefined) expect(validate(record), JSON.stringify(validate.errors)).to.equal(true);
        else expect(Object.keys(record)).to.have.members(['id', '@removed']);
      }
    }
    expect(seen).to.equal(people);
  }

  it('keeps to it for every person of a listing and of a delta', async () => {
    await expectValid('/users?$top=999', PEOPLE);
    await expectValid(`/users?$top=500&$select=${SELECT}`, PEOPLE);
    await expectValid(`/users/delta?$select=${SELECT}`, PEOPLE);
  });

  it('keeps to it for changes, removals and the bin', async () => {
    const first = await graphClient(simulator).pages(`/users/delta?$select=${SELECT}`);
    simulator.control.mutate(
      { do: 'disable', who: { from: 10, to: 30 } },
      { do: 'rename', who: 31, givenName: 'Ada', surname: 'Byron' },
      { do: 'swap-emails', who: 41, with: 42 },
      { do: 'delete', who: { from: 50, to: 60 } },
      { do: 'purge', who: 61 },
      { do: 'add', count: 5 },
    );
    await expectValid(first.at(-1)?.body['@odata.deltaLink'], 20 + 1 + 2 + 10 + 1 + 5);
    await expectValid('/directory/deletedItems/microsoft.graph.user', 10);
  });

  it('keeps to it for the members of a group who are people, hidden ones too', async () => {
    const validate = contract();
    const { control } = simulator;
    const others = [{ '@odata.type': '#microsoft.graph.group', id: 'n' }];
    const people = Array.from({ length: 150 }, (_, index) => index);
    control.group({ id: 'g', email: 'g@sim.example', members: [...people, ...others] });
    control.group({ id: 'h', email: 'h@sim.example', members: people, hidden: 'ids' });
    for (const blind of [false, true]) {
      control.consent(['User.Read.All', 'GroupMember.Read.All', ...(blind ? [] : ['Member.Read.Hidden'])]);
      control.revokeTokens();
      for (const id of ['g', 'h']) {
        const pages = await graphClient(simulator).pages(`/groups/${id}/members?$select=id&$top=100`);
        const records = pages.flatMap(({ body }) => body.value);
        const named = records.filter((record) => record['@odata.type'] === '#microsoft.graph.user');
        expect([pages.length, named.length]).to.deep.equal([2, blind && id === 'h' ? 0 : 150]);
        for (const record of blind && id === 'h' ? records : named) {
          expect(validate(record), JSON.stringify(validate.errors)).to.equal(true);
          expect(record.id).to.match(/^[0-9a-f-]{36}$/);
        }
      }
    }
  });

  it('the contract itself notices a field too many, a wrong type and a bad license', () => {
    const validate = contract();
    const person = simulator.control.person(1);
    expect(validate(person)).to.equal(true);
    for (const defect of [
      { nickname: 'x' },
      { accountEnabled: 'false' },
      { createdDateTime: 'yesterday' },
      { otherMails: 'a@b' },
      { assignedLicenses: [{ skuId: 'x' }] },
    ])
      expect(validate({ ...person, ...defect }), JSON.stringify(defect)).to.equal(false);
  });
});
