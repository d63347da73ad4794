import { expect } from 'chai';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('organizations of the operator API', () => {
  let rollcall: Described;
  beforeEach(async () => {
    rollcall = await startDescribed();
  });
  afterEach(() => rollcall.stop());

  it('creates one with its own domains, folded, each once', async () => {
    const { status, body } = await rollcall.api.post('/organizations', {
      name: '  Acme  ',
      domains: ['Acme.example', 'acme.EXAMPLE', 'zürich.example'],
    });
    expect(status).to.equal(201);
    expect(body).to.have.all.keys('id', 'name', 'domains', 'createdAt', 'updatedAt');
    expect(body.name).to.equal('Acme');
    expect(body.domains).to.deep.equal(['acme.example', 'zürich.example']);
    expect((await rollcall.api.get(`/organizations/${body.id}`)).body).to.deep.equal(body);
  });

  it('needs no domains', async () => {
    const { body } = await rollcall.api.post('/organizations', { name: 'Acme' });
    expect(body.domains).to.deep.equal([]);
  });

  it('lists them page by page with their total', async () => {
    const names = ['One', 'Two', 'Three'];
    for (const name of names) await rollcall.addOrganization(name);
    const first = (await rollcall.api.get('/organizations?limit=2')).body;
    expect(first.items.map(({ name }: { name: string }) => name)).to.deep.equal(['One', 'Two']);
    expect(first.total).to.equal(3);
    const second = (await rollcall.api.get(`/organizations?limit=2&cursor=${first.next}`)).body;
    expect(second.items.map(({ name }: { name: string }) => name)).to.deep.equal(['Three']);
    expect(second).to.include({ next: null, total: 3 });
  });

  const MISTAKES: readonly (readonly [string, unknown, string])[] = [
    ['no name', {}, 'name'],
    ['an empty name', { name: '   ' }, 'name'],
    ['a name that is no text', { name: 7 }, 'name'],
    ['a domain with an @', { name: 'Acme', domains: ['a@acme.example'] }, 'domains.0'],
    ['a domain with a path', { name: 'Acme', domains: ['acme.example/x'] }, 'domains.0'],
    ['a member nobody knows', { name: 'Acme', domain: 'acme.example' }, 'domain'],
    ['a list', [{ name: 'Acme' }], ''],
  ];
  for (const [what, body, path] of MISTAKES)
    it(`refuses ${what}, and says where`, async () => {
      const answer = await rollcall.api.post('/organizations', body);
      expect(answer.status).to.equal(400);
      expect(answer.body.code).to.equal('invalid');
      expect(answer.body.errors.map((mistake: { path: string }) => mistake.path)).to.deep.equal([path]);
      expect((await rollcall.api.get('/organizations')).body.total).to.equal(0);
    });
});
