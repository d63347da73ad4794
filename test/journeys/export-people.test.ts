import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

type Rows = readonly { readonly [column: string]: string }[];

describeBothWays('People as a CSV file', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    await organization.addActiveUser('Ada Lovelace', 'ada@example.com');
    await organization.addUser('=HYPERLINK("http://x")', 'bob@example.com');
  });
  after(() => rollcall.stop());

  const download = async (query: string) => {
    const answer = await rollcall.api.get(`${organization.path}/users.csv${query}`);
    expectStatus(answer, 200);
    expect(answer.headers['content-type']).to.equal('text/csv; charset=utf-8');
    return answer.text;
  };
  const rowsOf = (text: string) => parse(text, { columns: true }) as Rows;

  it('has the filters and the defaults of the list', async () => {
    expect(rowsOf(await download('')).map(({ email }) => email)).to.deep.equal(['ada@example.com']);
    const everybody = rowsOf(await download('?status=all'));
    expect(everybody.map(({ email, status }) => [email, status])).to.deep.equal([
      ['ada@example.com', 'active'],
      ['bob@example.com', 'unprovisioned'],
    ]);
    expectStatus(await rollcall.api.get(`${organization.path}/users.csv?cursor=x`), 400);
  });

  it('holds no cell that a spreadsheet takes for a formula', async () => {
    const [, bob] = rowsOf(await download('?status=all'));
    expect(bob?.name).to.equal(`'=HYPERLINK("http://x")`);
  });

  it('holds everybody once, over many pages', async () => {
    const { deps } = rollcall.rollcall;
    const [one] = (await deps.stores.users.list(organization.id, null, null, 1)).items;
    const people = Array.from({ length: 1_203 }, (_, index) => {
      const id = deps.identifiers.next();
      const email = `p${index}@example.com`;
      const scim = { id: deps.identifiers.next(), connectionId: null };
      return { user: { ...(one as NonNullable<typeof one>), id, email, records: [], scim, version: 1 }, events: [] };
    });
    await deps.stores.users.saveMany(people);
    const rows = rowsOf(await download('?status=all'));
    expect(new Set(rows.map(({ email }) => email)).size).to.equal(1_205);
    expect(rows).to.have.length(1_205);
  });
});
