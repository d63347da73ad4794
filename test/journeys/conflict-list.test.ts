import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('The list of conflicts', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 12 }, microsoft: { people: 12 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    google().mutate({ do: 'unsuspend', who: 3 }, { do: 'unarchive', who: 3 });
    await organization.connectGoogle();
  });
  afterEach(() => rollcall.stop());

  const google = () => rollcall.google().control;
  const email = () => String(google().person(3)?.primaryEmail);
  const list = async (state = 'open'): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${organization.path}/conflicts?state=${state}`), 200).items;
  const decide = (id: string, verdict: string) => rollcall.api.post(`${organization.path}/conflicts/${id}/${verdict}`);
  const on = async (more: object = {}) => {
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true }, ...more });
    await organization.sync();
  };

  it('two keys with one address: told with the holder, not to be accepted, and gone once the directory is mended', async () => {
    await on();
    const [, other] = google().mutate(
      { do: 'set', who: 3, fields: { aliases: [] } },
      { do: 'add', fields: { primaryEmail: email(), suspended: false, archived: false } },
    );
    await organization.sync();
    const [conflict] = await list();
    expect(conflict).to.include({ kind: 'two_keys', externalId: other, email: email(), acceptable: false });
    expect(conflict.otherUser.email).to.equal(email());
    expect(conflict.ifAccepted).to.match(/Give one of the two accounts/);
    expect((await decide(conflict.id, 'accept')).body.code).to.equal('not_acceptable');
    google().mutate({ do: 'change-email', who: String(other), to: 'second@sim.example' });
    await organization.sync();
    expect(await list()).to.deep.equal([]);
    expect((await organization.userByEmail('second@sim.example')).status).to.equal('active');
  });

  it('two directories that disagree, in a different light when one is switched off, gone when they agree', async () => {
    await on();
    const { control } = rollcall.microsoft();
    const fields = { mail: email(), userPrincipalName: email(), accountEnabled: true, userType: 'Member' };
    const [id = ''] = control.mutate({ do: 'set', who: 3, fields });
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true } });
    await organization.sync('microsoft');
    const disagreements = async () => (await list()).filter(({ kind }) => kind === 'directories_disagree');
    expect(await disagreements()).to.deep.equal([]);
    control.mutate({ do: 'disable', who: id });
    await organization.sync('microsoft');
    const [conflict] = await disagreements();
    expect(conflict.message).to.equal('Google Workspace says active and Microsoft 365 says inactive');
    expect(conflict).to.include({ acceptable: false });
    expect(conflict.user.email).to.equal(email());
    expect((await organization.userByEmail(email())).status).to.equal('active');
    await organization.change({ microsoft: { syncUsers: false } });
    expect(await disagreements()).to.deep.equal([]);
    await organization.change({ microsoft: { syncUsers: true } });
    await until('it is back', async () => (await disagreements()).length === 1);
    control.mutate({ do: 'enable', who: id });
    await organization.sync('microsoft');
    expect(await disagreements()).to.deep.equal([]);
  });

  it("an address outside the organization's own domains waits, and moves once accepted", async () => {
    const user = await organization.addActiveUser('Typed', email());
    await on();
    google().mutate({ do: 'change-email', who: 3, to: 'ada@elsewhere.example' });
    await organization.sync();
    const [conflict] = await list();
    expect(conflict).to.include({ kind: 'email_held', acceptable: true, email: 'ada@elsewhere.example' });
    expect(conflict.ifAccepted).to.match(/^The address of .* becomes ada@elsewhere\.example at once\.$/);
    expectStatus(await decide(conflict.id, 'accept'), 200);
    expect((await organization.user(user.id)).email).to.equal('ada@elsewhere.example');
    expect(await list()).to.deep.equal([]);
  });

  it('an address that is taken goes to who waits for it as soon as it is free', async () => {
    await on();
    const holder = await organization.userByEmail(email());
    const waiting = [4, 5, 6].find(
      (who) => google().person(who)?.suspended === false && !google().person(who)?.archived,
    );
    google().mutate({ do: 'set', who: waiting ?? 4, fields: { primaryEmail: email() } });
    await organization.sync();
    const [conflict] = await list();
    expect(conflict).to.include({ kind: 'email_taken', acceptable: false, otherUserId: holder.id });
    expect(conflict.otherUser).to.include({ id: holder.id, email: email() });
    const wanted = email();
    google().mutate({ do: 'change-email', who: 3, to: 'free@sim.example' });
    await organization.sync();
    expect(await list()).to.deep.equal([]);
    expect((await organization.userByEmail(wanted)).id).to.equal(conflict.userId);
  });

  it('a link that waits is not asked about again once dismissed, and goes when the directory has nobody any more', async () => {
    await organization.addActiveUser('Typed', email());
    await on({ linkExistingUsers: 'ask' });
    const [conflict] = await list();
    expect(conflict).to.include({ kind: 'link', acceptable: true });
    expect(conflict.ifAccepted).to.match(/becomes Typed with the next run/);
    expect(conflict.ifDismissed).to.match(/nobody is asked again/);
    google().mutate({ do: 'delete', who: 3 });
    await organization.sync();
    expect(await list()).to.deep.equal([]);
    google().mutate({ do: 'restore', who: String(conflict.externalId) });
    await organization.sync();
    const [again] = await list();
    expectStatus(await decide(again.id, 'dismiss'), 200);
    await organization.sync();
    expect(await list()).to.deep.equal([]);
    expect(await list('dismissed')).to.have.length(1);
  });
});
