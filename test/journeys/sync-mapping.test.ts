import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('The mapping of a sync', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 30 }, microsoft: { people: 30 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const mapping = [
    { attribute: 'title', value: null },
    { attribute: 'userType', value: { constant: 'Employee' } },
    { attribute: 'nickName', value: { lower: { trim: { field: 'givenName' } } } },
    { attribute: 'division', value: { firstOf: [{ field: 'orgUnit' }, { constant: '/' }] } },
    { attribute: 'displayName', value: { join: [{ field: 'familyName' }, { field: 'givenName' }], separator: ', ' } },
  ];

  it('makes attributes of fields, and people who are mapped otherwise are written once', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const path = `${organization.path}/integrations/google`;
    const { id } = expectStatus(await rollcall.api.post(`${path}/dry-runs`, { mapping }), 202);
    const dry = await until('the dry run has ended', async () => {
      const run = expectStatus(await rollcall.api.get(`${organization.path}/runs/${id}`), 200);
      return run.finishedAt ? run : null;
    });
    const seen = (await organization.sync()).counts.unchanged;
    expectStatus(await rollcall.api.patch(path, { mapping, confirm: dry.plan.digest }), 200);
    const run = await organization.sync();
    expect(run.counts).to.include({ updated: 0, unchanged: seen });
    const { items } = (await rollcall.api.get(`${organization.path}/runs`)).body;
    expect(
      items.find(({ trigger, counts }: Body) => trigger === 'settings' && counts.updated > 0).counts.updated,
    ).to.equal(dry.plan.total);
    const person = rollcall.google().control.person(3);
    const user = await organization.userByEmail(String(person?.primaryEmail));
    expect(user.title).to.equal(undefined);
    expect(user.name).to.equal(`${person?.name?.familyName}, ${person?.name?.givenName}`);
    expect(user.attributes).to.include({
      userType: 'Employee',
      nickName: String(person?.name?.givenName).trim().toLowerCase(),
      division: person?.orgUnitPath,
    });
  });

  it('is shown on five people of the directory, and nothing is written', async () => {
    await organization.connectMicrosoft();
    const path = `${organization.path}/integrations/microsoft/mapping/preview`;
    const { items } = expectStatus(await rollcall.api.post(path, { mapping }), 200);
    expect(items).to.have.length(5);
    for (const { before, after } of items) {
      expect(before).not.to.have.property('userType');
      expect(after).to.include({ userType: 'Employee', division: '/' });
    }
    expect((await rollcall.api.get(`${organization.path}/users?status=all`)).body.total).to.equal(0);
    rollcall
      .microsoft()
      .control.fault({ times: 'always', fault: { kind: 'error', status: 403, code: 'accessDenied' } });
    const refused = await rollcall.api.post(path, { mapping });
    expect([refused.status, refused.body.code]).to.deep.equal([502, 'directory_unreachable']);
  });

  it('keeps what it made of a field that a page leaves unsaid', async () => {
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true } });
    const { control } = rollcall.microsoft();
    const rules = [
      { attribute: 'division', value: { join: [{ field: 'department' }, { field: 'title' }], separator: '/' } },
    ];
    const path = `${organization.path}/integrations/microsoft`;
    await organization.sync('microsoft');
    const { id } = expectStatus(await rollcall.api.post(`${path}/dry-runs`, { mapping: rules }), 202);
    const dry = await until('the dry run has ended', async () => {
      const run = expectStatus(await rollcall.api.get(`${organization.path}/runs/${id}`), 200);
      return run.finishedAt ? run : null;
    });
    expectStatus(await rollcall.api.patch(path, { mapping: rules, confirm: dry.plan.digest }), 200);
    await organization.sync('microsoft');
    const who = [...control.everybody()].find(
      ({ userType, accountEnabled, mail, jobTitle }) =>
        userType !== 'Guest' && accountEnabled === true && mail && jobTitle,
    );
    const division = async () => (await organization.userByEmail(String(who?.mail))).attributes.division;
    const before = await division();
    expect(before).to.equal(`${who?.department}/${who?.jobTitle}`);
    control.mutate({ do: 'set', who: String(who?.id), fields: { businessPhones: ['1'] } });
    control.fault({ match: { operation: 'users.delta' }, fault: { kind: 'drop-fields', fields: ['jobTitle'] } });
    expect((await organization.sync('microsoft')).counts.seen).to.equal(1);
    expect(await division()).to.equal(before);
  });
});
