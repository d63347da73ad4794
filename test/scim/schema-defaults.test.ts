import { expect } from 'chai';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import type { ScimClient } from './client.ts';
import { aPerson, expectBody, expectList, idsOf } from './expectations.ts';

const URN = 'urn:example:plain:1.0:User';

describe('SCIM facts of RFC 7643: an attribute that says only its name', () => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  before(async () => {
    rollcall = await startRollcall();
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
    const put = (path: string, body: object) => rollcall.api.put(`${organization.path}${path}`, body);
    expectStatus(await put(`/schemas/${URN}`, { name: 'Plain', attributes: [{ name: 'plain' }] }), 200);
    expectStatus(await put('/resource-types/User', { schemaExtensions: [{ schema: URN }] }), 200);
  });
  after(() => rollcall.stop());

  it('fact-2 has the defaults of RFC 7643 §2.2, in /Schemas and in what is done with it', async () => {
    const [attribute] = expectBody(await scim.get(`/Schemas/${URN}`), 200).attributes;
    expect(attribute).to.deep.include({
      name: 'plain',
      type: 'string',
      multiValued: false,
      required: false,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    });
    const without = expectBody(await scim.post('/Users', aPerson()), 201);
    expect(without).not.to.have.any.keys(URN);
    const one = expectBody(await scim.post('/Users', aPerson({ [URN]: { plain: 'Text' } })), 201);
    const two = expectBody(await scim.post('/Users', aPerson({ [URN]: { plain: 'text' } })), 201);
    expect(one[URN]).to.deep.equal({ plain: 'Text' });
    expect(idsOf(expectList(await scim.filter(`${URN}:plain eq "TEXT"`), 2))).to.deep.equal([one.id, two.id]);
    const change = [{ op: 'replace', path: `${URN}:plain`, value: 'New' }];
    expect(expectBody(await scim.patch(`/Users/${one.id}`, change), 200)[URN]).to.deep.equal({ plain: 'New' });
  });
});
