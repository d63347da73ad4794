import { expect } from 'chai';
import type { ScimClient } from '../scim/client.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const scimOn = { scim: { enabled: true } };
const scimOff = { scim: { enabled: false } };

describe('a preview of settings and what then happens', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let scim: ScimClient;
  beforeEach(async () => {
    rollcall = await startDescribed();
    organization = await rollcall.addOrganization('Acme', ['acme.example']);
    scim = await organization.connectScim();
  });
  afterEach(() => rollcall.stop());

  const everybody = async (): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${organization.path}/users?status=all`), 200).items;
  const amend = async ({ id }: Body, email: string) =>
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, { email }), 200);
  const setLevel = async ({ id }: Body, level: string) =>
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, { level }), 200);
  const provision = async (name: string, active = true): Promise<string> => {
    const emails = [{ value: `${name}@acme.example` }];
    const { status, body } = await scim.post('/Users', { schemas: [USER], userName: `login-${name}`, emails, active });
    expect(status).to.equal(201);
    return body.id;
  };

  /** Who changed, as the preview foretold it and as it came about. */
  async function switchOn(): Promise<readonly [foretold: readonly string[], happened: readonly string[]]> {
    const preview = expectStatus(await rollcall.api.patch(`${organization.path}/settings?preview=true`, scimOn), 200);
    const before = new Map((await everybody()).map(({ id, email, status }) => [id, { email, status }]));
    await organization.change(scimOn);
    const foretold = preview.items.map(({ user, to }: Body) => {
      const { email, status } = { ...before.get(user.id), ...to };
      return `${user.id} ${email} ${status}`;
    });
    const happened = (await everybody()).flatMap(({ id, email, status }) => {
      const former = before.get(id);
      return former?.email === email && former?.status === status ? [] : [`${id} ${email} ${status}`];
    });
    expect(preview.changes.total).to.equal(foretold.length);
    return [foretold.sort(), happened.sort()];
  }

  it('agree when somebody else has taken the address', async () => {
    await provision('one');
    await organization.change(scimOff);
    const [one] = await everybody();
    await amend(one, 'moved@acme.example');
    await organization.addUser('Cuckoo', 'one@acme.example');
    expect(await switchOn()).to.deep.equal([[], []]);
    await organization.change(scimOff);
    expect(await switchOn(), 'while it waits').to.deep.equal([[], []]);
  });

  it('agree when the holder moves on, and in a circle, where everybody stays', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await provision(name);
    await organization.change(scimOff);
    const [a, b, c, d] = await everybody();
    await amend(a, 'spare@acme.example');
    await amend(b, 'a@acme.example');
    await amend(c, 'other@acme.example');
    await amend(d, 'c@acme.example');
    await amend(c, 'd@acme.example');
    const [foretold, happened] = await switchOn();
    expect(happened).to.deep.equal(foretold);
    expect(happened).to.deep.equal([`${a.id} a@acme.example active`, `${b.id} b@acme.example active`].sort());
  });

  it('agree about the last admin, who may enter, is explained, and goes when there is another one', async () => {
    for (const name of ['ada', 'grace']) await provision(name, false);
    await organization.change(scimOff);
    const [ada, grace] = await everybody();
    for (const user of [ada, grace]) {
      expectStatus(await rollcall.api.post(`${organization.path}/users/${user.id}/activate`), 200);
      await setLevel(user, 'admin');
    }
    const [foretold, happened] = await switchOn();
    expect(foretold).to.deep.equal([`${ada.id} ada@acme.example deactivated`]);
    expect(happened).to.deep.equal(foretold);

    const answer = await rollcall.api.post(`${organization.path}/sign-ins`, { email: 'grace@acme.example' });
    expect(expectStatus(answer, 200)).to.include({ allowed: true, code: 'allowed' });
    const explained = expectStatus(await rollcall.api.get(`${organization.path}/users/${grace.id}/explain`), 200);
    expect(explained.status.sentence).to.match(/SCIM says the user is disabled, but the last admin .* stays active/);

    await provision('edsger');
    await setLevel(await organization.userByEmail('edsger@acme.example'), 'admin');
    expect((await organization.user(grace.id)).status).to.equal('deactivated');
  });
});
