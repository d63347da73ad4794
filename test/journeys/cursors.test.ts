import { expect } from 'chai';
import { z } from 'zod';
import { ROUTES } from '../../src/http/routes.ts';
import { type Ids, NOBODY, requestFor } from '../http/calls.ts';
import { importsOf } from '../support/imports.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

/** Lists that are read page by page, as the table has them. */
const LISTS = ROUTES.filter(({ query }) => query instanceof z.ZodObject && 'cursor' in query.shape);

/** What no list gives out; the last three look as if some did. */
const FOREIGN = ['x', 'not-a-cursor', '~', 'runs.', 'elsewhere.YQ', '!.YQ'];

describeBothWays('a cursor', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ids: Ids;

  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    ids = { ...NOBODY, org: organization.id, ...(await withSomethingToList()) };
  });
  after(() => rollcall.stop());

  const at = (path: string) => `${organization.path}/${path}`;

  async function withSomethingToList(): Promise<Pick<Ids, 'user' | 'run' | 'import' | 'bulk'>> {
    const { id: user } = await organization.addActiveUser('Ada', 'ada@example.com');
    const select = { ids: [user] };
    const bulk = expectStatus(await rollcall.api.post(at('users/bulk'), { action: 'deactivate', select }), 201);
    const imported = await importsOf(rollcall, organization).upload('name,email\nBob,bob@example.com\n');
    const run = expectStatus(await rollcall.api.post(at('integrations/google/dry-runs'), {}), 202);
    await until('there is a plan', async () =>
      expectStatus(await rollcall.api.get(at(`runs/${run.id}`)), 200).finishedAt ? true : null,
    );
    return { user, bulk: bulk.id, import: imported.id, run: run.id };
  }

  for (const list of LISTS)
    it(`that ${list.name} did not give out is refused, and it is told that it is the cursor`, async () => {
      const request = requestFor(list, ids, rollcall);
      expectStatus(await rollcall.api.send(request), 200);
      for (const cursor of FOREIGN) {
        const { status, body } = await rollcall.api.send({ ...request, path: `${request.path}?cursor=${cursor}` });
        expect([status, body.code, body.errors?.[0].path], cursor).to.deep.equal([400, 'invalid', 'cursor']);
      }
    });

  it('of one list is no cursor of another', async () => {
    for (const kind of ['jobs', 'departments', 'pools']) await organization.name(kind, 'a', 'b');
    const { next } = expectStatus(await rollcall.api.get(at('catalog/jobs?limit=1')), 200);
    const page = (list: string) => rollcall.api.get(at(`${list}?limit=1&cursor=${next}`));
    expect(expectStatus(await page('catalog/jobs'), 200).items[0].id).to.equal('b');
    for (const list of ['catalog/departments', 'catalog/roles', 'pools', 'agencies', 'group-mappings'])
      expect((await page(list)).status, list).to.equal(400);
  });
});
