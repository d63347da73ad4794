import { expect } from 'chai';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('the Rollcall-Actor header', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  beforeEach(async () => {
    rollcall = await startDescribed();
    organization = await rollcall.addOrganization();
    path = `${organization.path}/users`;
  });
  afterEach(() => rollcall.stop());

  /** Letter by letter one byte: a body given as text would have the head sent in its encoding. */
  const rename = (id: string, actor: string) =>
    rollcall.api.send({
      method: 'PATCH',
      path: `/api${path}/${id}`,
      raw: Buffer.from('{"title":"Countess"}'),
      headers: { 'content-type': 'application/json', 'rollcall-actor': actor },
    });

  it('is stored with the change: in its event and in the record', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    expectStatus(await rename(id, 'user-17'), 200);
    const by = { kind: 'operator', id: null, onBehalfOf: 'user-17' };
    expect((await organization.events()).at(-1)?.by).to.deep.equal(by);
    const { records } = expectStatus(await rollcall.api.get(`${path}/${id}/explain`), 200);
    expect(records[0].by).to.deep.equal(by);
  });

  it('is said in the verdict', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const headers = { 'rollcall-actor': 'Grace Hopper' };
    expectStatus(await rollcall.api.post(`${path}/${id}/activate`, undefined, headers), 200);
    const { verdicts } = expectStatus(await rollcall.api.get(`${path}/${id}/explain`), 200);
    expect(verdicts[0].sentence).to.match(/^Active: an administrator for Grace Hopper said so/);
  });

  for (const [what, bytes, name] of [
    ['UTF-8', Buffer.from('Zoë 愛', 'utf8').toString('latin1'), 'Zoë 愛'],
    ['Latin 1', 'Zo\u00eb', 'Zoë'],
    ['200 letters', 'x'.repeat(200), 'x'.repeat(200)],
    ['blanks around it', '  ada  ', 'ada'],
  ] as const)
    it(`is read as ${what}`, async () => {
      const { id } = await organization.addUser('Ada', 'ada@example.com');
      expectStatus(await rename(id, bytes), 200);
      expect((await organization.events()).at(-1)?.by.onBehalfOf).to.equal(name);
    });

  for (const [what, actor] of [
    ['an empty one', ''],
    ['201 letters', 'x'.repeat(201)],
    ['control characters', 'a\tb'],
  ] as const)
    it(`is refused with ${what}, and nothing is written`, async () => {
      const before = await organization.addUser('Ada', 'ada@example.com');
      const { status, body } = await rename(before.id, actor);
      expect(status).to.equal(400);
      expect(body.errors[0].path).to.equal('Rollcall-Actor');
      expect(await organization.user(before.id)).to.deep.equal(before);
    });
});
