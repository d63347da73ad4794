import { expect } from 'chai';
import type { ScimClient } from '../scim/client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { figure } from './figure.ts';

const RIVALS = 100;

describeBothWays('R19: preconditions', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
  });
  after(() => rollcall.stop());

  const addPerson = async (userName: string) => {
    const { status, body, headers } = await scim.post('/Users', personOf(userName));
    expect(status).to.equal(201);
    return { path: `/Users/${body.id}`, tag: String(headers.etag) };
  };

  it('R19: a SCIM write with the right tag passes, with a wrong one it changes nothing', async () => {
    const { path, tag } = await addPerson('ada@example.com');
    const replaced = await scim.put(path, personOf('ada@example.com', 'one'), { 'if-match': tag });
    expect(replaced.status).to.equal(200);
    expect(replaced.headers.etag).not.to.equal(tag);
    const change = [{ op: 'replace', path: 'title', value: 'two' }];
    for (const headers of [{ 'if-match': tag }, { 'if-match': 'W/"999"' }, { 'if-match': '"no-tag-of-ours"' }])
      for (const refused of [
        await scim.put(path, personOf('ada@example.com', 'two'), headers),
        await scim.patch(path, change, headers),
        await scim.delete(path, headers),
      ]) {
        expect(refused.status).to.equal(412);
        expect(refused.body).to.include({ status: '412' });
      }
    const now = await scim.get(path);
    expect(now.headers.etag).to.equal(replaced.headers.etag);
    expect(now.body.title).to.equal('one');
    const patched = await scim.patch(path, change, { 'if-match': String(replaced.headers.etag) });
    expect(patched.status).to.equal(200);
    expect((await scim.delete(path, { 'if-match': String(patched.headers.etag) })).status).to.equal(204);
  });

  it('R19: a read with the tag of now is answered 304, with an older one 200', async () => {
    const { path, tag } = await addPerson('bea@example.com');
    const unchanged = await scim.get(path, { 'if-none-match': tag });
    expect({ status: unchanged.status, text: unchanged.text }).to.deep.equal({ status: 304, text: '' });
    expect(unchanged.headers.etag).to.equal(tag);
    await scim.patch(path, [{ op: 'replace', path: 'title', value: 'new' }]);
    expect((await scim.get(path, { 'if-none-match': tag })).status).to.equal(200);
  });

  it('R19: the operator API keeps to tags as well', async () => {
    const { path: base } = organization;
    const agency = { kind: 'agency' };
    const { id } = await organization.addUser('Cleo', 'cleo@example.com', agency);
    const path = `${base}/users/${id}`;
    const tag = String((await rollcall.api.get(path)).headers.etag);
    const edited = await rollcall.api.patch(path, { name: 'Cleo One' }, { 'if-match': tag });
    expectStatus(edited, 200);
    const refused = await rollcall.api.patch(path, { name: 'Cleo Two' }, { 'if-match': tag });
    expect(refused.body).to.include({ status: 412, code: 'precondition_failed' });
    expect((await rollcall.api.get(path)).body.name).to.equal('Cleo One');
    expectStatus(
      await rollcall.api.patch(path, { name: 'Cleo Two' }, { 'if-match': String(edited.headers.etag) }),
      200,
    );
  });

  it(`R19: of ${RIVALS} writers with one tag exactly one wins`, async () => {
    const { path, tag } = await addPerson('dora@example.com');
    const put = (n: number) => scim.put(path, personOf('dora@example.com', `writer ${n}`), { 'if-match': tag });
    const answers = await Promise.all(Array.from({ length: RIVALS }, (_, n) => put(n)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).to.have.length(1);
    expect(answers.filter(({ status }) => status === 412)).to.have.length(RIVALS - 1);
    expect((await scim.get(path)).body.title).to.equal(won[0]?.body.title);
    const { id } = await organization.userByEmail('dora@example.com');
    const events = (await organization.events()).filter(({ userId }) => userId === id);
    expect(events.map((event) => event.id)).to.deep.equal([`${id}:1`, `${id}:2`]);
    figure('R19', `${way.name}: of ${RIVALS} PUTs with one tag 1 won, ${RIVALS - 1} were answered 412, 1 event`);
  });
});

function personOf(userName: string, title = 'none') {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    title,
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
  };
}
