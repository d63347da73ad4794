import { expect } from 'chai';
import type { Target } from '../simulators/idp/desk.ts';
import { play } from '../simulators/idp/play.ts';
import type { Step } from '../simulators/idp/player.ts';
import { PLAYERS } from '../simulators/idp/players.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const DOMAIN = 'example.com';
const RUN = 'journey';
const addressOf = (firstName: string) => `${firstName}.${RUN}@${DOMAIN}`;

describeBothWays('Journey: an identity provider connects, provisions and takes back', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let target: Target;

  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
  });
  after(() => rollcall.stop());

  /** An organization in which Grace was added by hand before SCIM was switched on. */
  beforeEach(async () => {
    organization = await rollcall.addOrganization('Example', [DOMAIN]);
    await organization.addActiveUser('Typed by Hand', addressOf('grace'));
    await organization.change({ scim: { enabled: true } });
    const made = await rollcall.api.post(`${organization.path}/scim-tokens`, { name: 'journey' });
    const { baseUrl, token } = expectStatus(made, 201);
    target = { base: baseUrl, token, run: RUN, domain: DOMAIN };
  });

  const expectStanding = async ({ name, leaves = {} }: Step) => {
    for (const [firstName, standing] of Object.entries(leaves)) {
      const { status } = await organization.userByEmail(addressOf(firstName));
      expect(status, `${firstName} after “${name}”`).to.equal(standing);
    }
  };
  const everybody = async (): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${organization.path}/users?status=all&limit=100`), 200).items;
  const turnsOf = async (id: string) =>
    (await organization.events())
      .filter(({ userId }) => userId === id)
      .map(({ type }) => type)
      .filter((type) => type !== 'user.updated');

  for (const player of PLAYERS)
    it(`${player.provider} finds no fault, and its word counts`, async () => {
      const before = rollcall.log().length;
      await play(player, target, expectStanding);
      const ada = await organization.userByEmail(addressOf('ada'));
      expect(await turnsOf(ada.id)).to.deep.equal([
        'user.created',
        'user.deactivated',
        'user.activated',
        'user.deactivated',
      ]);
      expect((await everybody()).map(({ email, status }) => `${email} ${status}`)).to.include.members([
        `${addressOf('ada')} deactivated`,
      ]);

      const grace = await organization.userByEmail(addressOf('grace'));
      const { attributes, records } = expectStatus(
        await rollcall.api.get(`${organization.path}/users/${grace.id}/explain`),
        200,
      );
      expect(records.map(({ source }: Body) => source)).to.have.members(['manual', 'scim']);
      expect(attributes.status).to.deep.include({ value: grace.status, source: 'scim' });
      expect(attributes.status.hidden).to.deep.equal([{ source: 'manual', value: 'active' }]);
      const refused = await rollcall.api.post(`${organization.path}/users/${grace.id}/deactivate`);
      if (grace.status === 'active') expect(expectStatus(refused, 409).code).to.equal('overridden');
      expect(rollcall.log().slice(before)).not.to.include('crashed');
    });
});
