import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const JSON_TYPE = { 'content-type': 'application/json' };

describe('S05 what the operator API takes in', () => {
  let rollcall: Described;
  before(async () => {
    rollcall = await startDescribed();
  });
  after(() => rollcall.stop());

  const post = (raw: string | Buffer, headers: { readonly [name: string]: string | null } = JSON_TYPE) =>
    rollcall.api.send({ method: 'POST', path: '/api/organizations', raw, headers });

  const deep = (levels: number) => `{"name":"a","domains":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  const padded = (bytes: number) => {
    const body = JSON.stringify({ name: 'Padded' });
    return body + ' '.repeat(bytes - body.length);
  };

  const CASES: readonly (readonly [string, () => ReturnType<typeof post>, number, string])[] = [
    ['no body', () => post(''), 400, 'invalid'],
    ['half a body', () => post('{"name":'), 400, 'invalid'],
    ['no JSON', () => post('name=Acme'), 400, 'invalid'],
    ['a bare text', () => post('"Acme"'), 400, 'invalid'],
    ['null', () => post('null'), 400, 'invalid'],
    ['a list', () => post('[]'), 400, 'invalid'],
    ['more than 1 MB', () => post(padded(1_048_577)), 413, 'too_large'],
    [
      'little that inflates to much',
      () => post(gzipSync(padded(50_000_000)), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
      413,
      'too_large',
    ],
    ['broken gzip', () => post('not gzip', { ...JSON_TYPE, 'content-encoding': 'gzip' }), 400, 'invalid'],
    [
      'a coding nobody knows',
      () => post('{}', { ...JSON_TYPE, 'content-encoding': 'zip' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a character set that is not UTF-8',
      () => post('{}', { 'content-type': 'application/json; charset=iso-8859-1' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a form',
      () => post('name=Acme', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    ],
    ['text', () => post('{"name":"Acme"}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
    ['no media type', () => post('{"name":"Acme"}', {}), 415, 'unsupported_media_type'],
    ['17 levels', () => post(deep(17)), 400, 'invalid'],
    ['100,000 levels', () => post(deep(100_000)), 400, 'invalid'],
    ['__proto__', () => post('{"name":"a","__proto__":{"policy":"public"}}'), 400, 'invalid'],
    ['constructor inside', () => post('{"name":"a","domains":[{"constructor":{"prototype":{}}}]}'), 400, 'invalid'],
    ['a query nobody knows', () => rollcall.api.post('/organizations?dry=1', { name: 'Acme' }), 400, 'invalid'],
    ['broken percent-encoding', () => rollcall.api.get('/organizations/%E0%A4%A'), 400, 'invalid'],
    ['a path nobody serves', () => rollcall.api.get('/organisations'), 404, 'not_found'],
    ['a path one part too long', () => rollcall.api.get('/organizations/a/users/b/c'), 404, 'not_found'],
    ['a name with a null byte for an id', () => rollcall.api.get('/organizations/%00'), 404, 'not_found'],
  ];

  for (const [what, send, status, code] of CASES)
    it(`answers ${status} to ${what}`, async () => {
      const before = (await rollcall.api.get('/organizations')).body.total;
      const answer = await send();
      expect({ status: answer.status, code: answer.body.code }).to.deep.equal({ status, code });
      expect(answer.headers['content-type']).to.equal('application/problem+json');
      expect(answer.body).to.include.all.keys('type', 'title', 'status', 'detail', 'code');
      expect(answer.body.status).to.equal(status);
      expect((await rollcall.api.get('/organizations')).body.total).to.equal(before);
    });

  it('takes JSON of 1 MB, gzipped JSON and other JSON media types', async () => {
    expect((await post(padded(1_048_576))).status).to.equal(201);
    const zipped = gzipSync('{"name":"Zipped"}');
    expect((await post(zipped, { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).to.equal(201);
    for (const type of ['application/merge-patch+json', 'Application/JSON; charset=UTF-8'])
      expect((await post('{"name":"a"}', { 'content-type': type })).status, type).to.equal(201);
  });

  it('says that a body is too deep, and only then', async () => {
    expect((await post(deep(17))).body.detail).to.equal('may be at most 16 levels deep');
    expect((await post(deep(16))).body.detail).not.to.contain('levels');
  });

  it('says which name may not be used, at any depth', async () => {
    for (const [raw, path] of [
      ['{"name":"a","__proto__":{"policy":"public"}}', '__proto__'],
      ['{"name":"a","domains":[{"constructor":{"prototype":{}}}]}', 'domains.0.constructor'],
    ] as const)
      expect((await post(raw)).body.errors).to.deep.equal([{ path, message: 'is not a name that may be used' }]);
  });

  it('takes no text that a store would not give back as it came, at any depth', async () => {
    for (const [raw, path] of [
      ['{"name":"a\\u0000b"}', 'name'],
      ['{"name":"\\ud800"}', 'name'],
      ['{"name":"a","domains":["x\\udfffy"]}', 'domains.0'],
      ['{"name":"a","\\ud800":1}', ''],
    ] as const) {
      const { status, body } = await post(raw);
      expect({ status, code: body.code }, raw).to.deep.equal({ status: 400, code: 'invalid' });
      expect(body.errors).to.deep.equal([
        { path, message: 'must not contain a null character or half of a character' },
      ]);
    }
    expect((await post('{"name":"\\ud83e\\udd84 line\\nbreak"}')).status, 'a whole character in two halves').to.equal(
      201,
    );
  });

  it('does not quote what it could not read', async () => {
    const { text } = await post('{"name": hunter2}');
    expect(text).not.to.contain('hunter2');
  });

  it('names every mistake of a body at once', async () => {
    const { body } = await rollcall.api.post('/organizations', { domains: ['x y', 'a.example', 7], extra: 1 });
    expect(body.errors.map(({ path }: { path: string }) => path)).to.have.members([
      'name',
      'domains.0',
      'domains.2',
      'extra',
    ]);
  });

  it('says what is missing as such, also where it is one of a few words, and inside lists', async () => {
    const { id } = await rollcall.addOrganization();
    const roles = [{ scope: { id: '*' } }, { role: null, scope: { kind: '', id: '*' } }];
    const { body } = await rollcall.api.put(`/organizations/${id}/users/u1/access`, { roles });
    const missing = body.errors.filter(({ message }: { message: string }) => message === 'is missing');
    expect(body.errors).to.have.length(5);
    expect(missing.map(({ path }: { path: string }) => path)).to.have.members([
      'level',
      'roles.0.role',
      'roles.0.scope.kind',
    ]);
  });

  it('names 20 mistakes at most, and no long names whole', async () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${n}`.padEnd(300, 'x'), n]));
    const answer = await rollcall.api.post('/organizations', { name: 'a', ...body });
    expect(answer.body.errors).to.have.length(20);
    expect(answer.text.length).to.be.lessThan(8_000);
  });

  it('tells the methods a path takes', async () => {
    for (const [method, path, allow] of [
      ['PUT', '/api/organizations', 'POST, GET, HEAD'],
      ['DELETE', '/api/organizations/x/settings', 'GET, HEAD, PATCH'],
      ['GET', '/api/organizations/x/users/y/activate', 'POST'],
      ['OPTIONS', '/api/organizations', 'POST, GET, HEAD'],
    ] as const) {
      const { status, headers, body } = await rollcall.api.send({ method, path });
      expect({ status, allow: headers.allow, code: body.code }, `${method} ${path}`).to.deep.equal({
        status: 405,
        allow,
        code: 'method_not_allowed',
      });
    }
  });
});
