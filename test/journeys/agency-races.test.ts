import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const RACES = 100;
const LANES = 5;
const HEAD_STARTS = 5;

describeBothWays('an agency that is archived while somebody comes into it', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  /** What happens between the last look at an agency and the write of whoever comes into it. */
  let meanwhile: () => Promise<void> = async () => {};
  before(async () => {
    rollcall = await startRollcall({
      env: way.env(),
      overrides: {
        around: (deps) => {
          const { users } = deps.stores;
          const save: typeof users.save = async (...change) => {
            await meanwhile();
            return users.save(...change);
          };
          return { ...deps, stores: { ...deps.stores, users: { ...users, save } } };
        },
      },
    });
  });
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
  });
  after(() => rollcall.stop());

  const at = (path: string) => `${organization.path}${path}`;

  /** Somebody who is about to come into the agency, and how they do. */
  const ENTRIES: readonly (readonly [string, (n: number, agencyId: string) => Promise<() => Promise<Body>>])[] = [
    [
      'moved there while active',
      async (n, agencyId) => {
        const { id } = await organization.addActiveUser(`Mover ${n}`, `mover${n}@example.com`);
        return () => rollcall.api.put(at(`/users/${id}/agency`), { agencyId });
      },
    ],
    [
      'moved there from another agency while active',
      async (n, agencyId) => {
        const { id } = await organization.addUser(`Changer ${n}`, `changer${n}@example.com`, { kind: 'agency' });
        expectStatus(await rollcall.api.post(at(`/users/${id}/activate`)), 200);
        return () => rollcall.api.put(at(`/users/${id}/agency`), { agencyId });
      },
    ],
    [
      'added there and activated',
      async (n, agencyId) => async () => {
        const body = { name: `New ${n}`, email: `new${n}@example.com`, kind: 'agency', agencyId };
        const added = await rollcall.api.post(at('/users'), body);
        return added.status === 201 ? rollcall.api.post(at(`/users/${added.body.id}/activate`)) : added;
      },
    ],
    [
      'activated there',
      async (n, agencyId) => {
        const more = { kind: 'agency', agencyId };
        const { id } = await organization.addUser(`Sleeper ${n}`, `sleeper${n}@example.com`, more);
        expectStatus(await rollcall.api.post(at(`/users/${id}/deactivate`)), 200);
        return () => rollcall.api.post(at(`/users/${id}/activate`));
      },
    ],
  ];

  /** Archives what there is to archive, as an admin would who confirms what they are shown. */
  async function archive(agencyId: string): Promise<void> {
    const refused = await rollcall.api.post(at(`/agencies/${agencyId}/archive`));
    if (refused.status === 200) return;
    expect(refused.body.code).to.equal('confirmation_required');
    const { digest } = refused.body;
    const again = await rollcall.api.post(at(`/agencies/${agencyId}/archive`), { digest });
    if (again.status !== 200) await archive(agencyId);
  }

  async function addFormer(n: number, agencyId: string): Promise<void> {
    const { id } = await organization.addUser('Former', `former${n}@example.com`, { kind: 'agency', agencyId });
    expectStatus(await rollcall.api.post(at(`/users/${id}/deactivate`)), 200);
  }

  async function linger(agencyId: string, reads: number): Promise<void> {
    for (let n = 0; n < reads; n++) expectStatus(await rollcall.api.get(at(`/agencies/${agencyId}`)), 200);
  }

  it('stays open while anybody in it is active, interrupted or not', async () => {
    const agency = await organization.addAgency();
    for (const n of [1, 2, 3])
      await organization.addUser('Rae', `rae${n}@example.com`, { kind: 'agency', agencyId: agency.id });
    const { digest } = (await rollcall.api.post(at(`/agencies/${agency.id}/archive?preview=true`))).body;
    let saves = 0;
    meanwhile = async () => {
      if (++saves > 1) throw new Error('the process dies');
    };
    expect((await rollcall.api.post(at(`/agencies/${agency.id}/archive`), { digest })).status).to.equal(500);
    meanwhile = async () => {};
    expect(expectStatus(await rollcall.api.get(at(`/agencies/${agency.id}`)), 200)).not.to.have.property('archivedAt');
    await archive(agency.id);
    const { counts } = expectStatus(await rollcall.api.get(at(`/users?agency=${agency.id}&status=all`)), 200);
    expect(counts).to.include({ active: 0, unprovisioned: 0, deactivated: 3 });
  });

  for (const [what, prepare] of ENTRIES)
    it(`has nobody active, ${what} at the very moment`, async () => {
      const agency = await organization.addAgency();
      await addFormer(0, agency.id);
      const enter = await prepare(0, agency.id);
      meanwhile = async () => {
        meanwhile = async () => {};
        await archive(agency.id);
      };
      await enter();
      const { counts } = expectStatus(await rollcall.api.get(at(`/users?agency=${agency.id}&status=all`)), 200);
      expect(counts).to.include({ active: 0, unprovisioned: 0 });
    });

  for (const [what, prepare] of ENTRIES)
    it(`has nobody active, ${what}, in ${RACES} races`, async function () {
      this.timeout(90_000);
      async function race(n: number): Promise<void> {
        const agency = await organization.addAgency(`Agency ${n}`);
        // One that is used is joined without a write to it.
        if (n % 4 > 1) await addFormer(n, agency.id);
        const enter = await prepare(n, agency.id);
        // Each comes first by as much as some reads take: they meet at every point.
        const [head, lag] = n % 2 === 0 ? [0, n % HEAD_STARTS] : [n % HEAD_STARTS, 0];
        const [entered] = await Promise.all([
          linger(agency.id, head).then(enter),
          linger(agency.id, lag).then(() => archive(agency.id)),
        ]);
        expect(entered.status === 409 ? entered.body.code : entered.status).to.be.oneOf([200, 'agency_archived']);
        const { counts } = expectStatus(await rollcall.api.get(at(`/users?agency=${agency.id}&status=all`)), 200);
        expect(counts, `race ${n}`).to.include({ active: 0, unprovisioned: 0 });
      }

      async function lane(first: number): Promise<void> {
        for (let n = first; n < RACES; n += LANES) await race(n);
      }

      await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
    });
});
