import { expect } from 'chai';
import type { Body } from './client.ts';
import { aPerson, expectBody, expectEmpty, expectError, expectList, idsOf } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describe('SCIM cases: deactivate, delete, restore', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const setActive = (id: string, value: unknown) =>
    scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }]);

  it('case-D01 deactivates by PATCH and still shows the user', async () => {
    const { id, userName } = await create();
    expect(expectBody(await setActive(id, false), 200).active).to.equal(false);
    expect(expectBody(await scim.get(`/Users/${id}`), 200).active).to.equal(false);
    expect(expectList(await scim.filter(`userName eq "${userName}"`), 1)[0]).to.include({ id, active: false });
    expect(await scim.stored(id)).to.have.property('status', 'deactivated');
  });

  it('case-D02 deletes the SCIM view and keeps the person', async () => {
    const { id, userName } = await create();
    const { id: personId } = await scim.stored(id);
    await setActive(id, false);
    expectEmpty(await scim.delete(`/Users/${id}`), 204);
    expectError(await scim.get(`/Users/${id}`), 404);
    expectList(await scim.filter(`userName eq "${userName}"`), 0);
    expectList(await scim.get('/Users'), 0);
    const person = await scim.deps.stores.users.get(scim.organizationId, personId);
    expect(person).to.include({ status: 'deactivated', email: userName });
    expect(person?.scim.id).to.equal(null);
  });

  it('case-D02 terminates instead where the organization wants it', async () => {
    await scim.change({ onScimDelete: 'terminate' });
    const { id } = await create();
    const { id: personId } = await scim.stored(id);
    expectEmpty(await scim.delete(`/Users/${id}`), 204);
    const person = await scim.deps.stores.users.get(scim.organizationId, personId);
    expect(person).to.have.property('status', 'terminated');
  });

  it('case-D03 answers 404 to everything after a DELETE', async () => {
    const body = aPerson();
    const { id } = expectBody(await scim.post('/Users', body), 201);
    expectEmpty(await scim.delete(`/Users/${id}`), 204);
    for (const answer of [
      await scim.delete(`/Users/${id}`),
      await scim.get(`/Users/${id}`),
      await scim.put(`/Users/${id}`, body),
      await setActive(id, true),
    ])
      expectError(answer, 404);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('case-D04 gives a new id for the same userName after a DELETE, and finds the same person', async () => {
    const body = aPerson({ externalId: 'x-1' });
    const { id } = expectBody(await scim.post('/Users', body), 201);
    const { id: personId } = await scim.stored(id);
    expectEmpty(await scim.delete(`/Users/${id}`), 204);
    const again = expectBody(await scim.post('/Users', body), 201);
    expect(again.id).not.to.equal(id);
    expect(again.active).to.equal(true);
    expect(await scim.stored(again.id)).to.include({ id: personId, status: 'active' });
    expectError(await scim.get(`/Users/${id}`), 404);
    expect(await scim.countUsers()).to.equal(1);
    expect(await scim.stored(again.id))
      .to.have.nested.property('scim.formerIds')
      .that.deep.equals([id]);
    expectEmpty(await scim.delete(`/Users/${again.id}`), 204);
    const third = expectBody(await scim.post('/Users', body), 201);
    expect((await scim.stored(third.id)).scim.formerIds).to.deep.equal([id, again.id]);
  });

  it('case-D05 restores by PATCH on the id the client remembers', async () => {
    const { id } = await create();
    expectBody(await setActive(id, 'False'), 200);
    expect(expectBody(await setActive(id, 'True'), 200).active).to.equal(true);
    expect(await scim.stored(id)).to.have.property('status', 'active');
  });

  it('case-D06 takes active:false for an unassignment, by PUT and by PATCH, without losing anybody', async () => {
    const body = aPerson();
    const one = expectBody(await scim.post('/Users', body), 201);
    const two = await create();
    expectBody(await scim.put(`/Users/${one.id}`, { ...body, active: false }), 200);
    expectBody(await scim.patch(`/Users/${two.id}`, [{ op: 'replace', value: { active: false } }]), 200);
    expect(idsOf(expectList(await scim.filter('active eq false'), 2))).to.deep.equal([one.id, two.id]);
    expect((await scim.stored(one.id)).status).to.equal('deactivated');
    expect((await scim.stored(two.id)).status).to.equal('deactivated');
  });

  it('case-D07 supports disabling and deleting alike', async () => {
    const disabled = await create();
    const deleted = await create();
    expectBody(await setActive(disabled.id, false), 200);
    expectEmpty(await scim.delete(`/Users/${deleted.id}`), 204);
    expect(idsOf(expectList(await scim.get('/Users'), 1))).to.deep.equal([disabled.id]);
    expect(await scim.countUsers()).to.equal(2);
  });

  it('case-U20 goes through JumpCloud’s activation: a user and a group are tried, and nothing is left of them', async () => {
    const body = aPerson({ active: true });
    const user = expectBody(await scim.post('/Users', body), 201);
    expect(expectBody(await scim.get(`/Users/${user.id}`), 200)).to.deep.equal(user);
    const changed = { ...body, emails: null, title: 'Test' };
    expect(expectBody(await scim.put(`/Users/${user.id}`, changed), 200)).to.include({ title: 'Test' });
    const group = expectBody(await scim.post('/Groups', { displayName: 'Activation' }), 201);
    const value = [{ value: user.id }];
    expectEmpty(await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value }]), 204);
    expect(expectBody(await scim.get(`/Groups/${group.id}`), 200).members).to.have.length(1);
    expectEmpty(await scim.patch(`/Groups/${group.id}`, [{ op: 'remove', path: 'members', value }]), 204);
    expect(expectBody(await scim.get(`/Groups/${group.id}`), 200)).not.to.have.any.keys('members');
    for (const path of [`/Groups/${group.id}`, `/Users/${user.id}`]) {
      expectEmpty(await scim.delete(path), 204);
      expectError(await scim.get(path), 404);
    }
    expectList(await scim.get('/Users'), 0);
    expectList(await scim.get('/Groups'), 0);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('case-D08 answers DELETE of an unknown id with a 404 SCIM error', async () => {
    expectError(await scim.delete('/Users/unknown'), 404);
  });
});
