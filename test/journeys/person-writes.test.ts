import { expect } from 'chai';
import { ROUTES } from '../../src/http/routes.ts';
import { type Ids, NOBODY, nameEntries, requestFor } from '../http/calls.ts';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const ONE = '/api/organizations/:org/users/:id';

/** Every call that changes one person. Asking a directory anew is none: the directory's word needs no version. */
const WRITES = ROUTES.filter(
  ({ path, method, status, name }) => path.startsWith(ONE) && method !== 'get' && status !== 405 && name !== 'syncUser',
);

describeBothWays('writes to one person', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ids: Ids;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    const { id: user } = await organization.addActiveUser('Ada', 'ada@example.com');
    ids = { ...NOBODY, org: organization.id, user, ...(await nameEntries(organization)) };
  });

  const everything = async (): Promise<Body> => ({
    user: await organization.user(ids.user),
    history: expectStatus(await rollcall.api.get(`${organization.path}/users/${ids.user}/history`), 200).items,
    events: (await organization.events()).filter(({ userId }) => userId === ids.user),
  });
  const codeOf = ({ status, body }: ApiAnswer) => `${status} ${body?.code ?? ''}`;

  it('are known to this test', () => expect(WRITES.length).to.be.at.least(12));

  for (const route of WRITES)
    it(`${route.name}: whoever read another version is refused with 412, and nothing is written`, async () => {
      const before = await everything();
      for (const tag of ['"1"', '"99"', 'W/"0"', '"never-given-out"']) {
        const request = { ...requestFor(route, ids, rollcall), headers: { 'if-match': tag } };
        expect(codeOf(await rollcall.api.send(request)), tag).to.equal('412 precondition_failed');
      }
      expect(await everything()).to.deep.equal(before);
    });

  it('of many kinds at once, made on one version, leave one winner and one step of history', async () => {
    const { version } = await organization.user(ids.user);
    const headers = { 'if-match': `"${version}"` };
    const changing = WRITES.filter(({ name }) =>
      ['editUser', 'setAccess', 'blockUser', 'setHostId', 'joinPool', 'deactivateUser', 'terminateUser'].includes(name),
    );
    const sent = [...changing, ...changing].map((route) => ({ ...requestFor(route, ids, rollcall), headers }));
    const answers = await Promise.all(sent.map((request) => rollcall.api.send(request)));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    for (const answer of answers)
      expect(codeOf(answer)).to.be.oneOf(['200 ', '412 precondition_failed', '409 not_active']);
    expect((await organization.user(ids.user)).version).to.equal(version + 1);
  });

  it('that are not about anybody here say so', async () => {
    const other = await rollcall.addOrganization('Other');
    const { id: foreign } = await other.addActiveUser('Eve', 'eve@example.com');
    for (const route of WRITES)
      for (const user of [foreign, 'nobody', '__proto__', '%00', ids.user.toUpperCase()]) {
        const answer = await rollcall.api.send(requestFor(route, { ...ids, user }, rollcall));
        expect(codeOf(answer), `${route.name} ${user}`).to.equal('404 not_found');
      }
  });
});
