import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import { type Answer, patchOp } from './client.ts';
import { aGroup, aPerson, expectBody, expectEmpty, expectError } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const RIVALS = 100;

describeOnBothStores('SCIM conditional requests (RFC 7644 §3.14, RFC 7232)', (on) => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim(on);
  });
  after(() => scim.stop());

  const KINDS = [
    { endpoint: '/Users', aBody: aPerson, change: { op: 'replace', path: 'externalId', value: 'new' } },
    { endpoint: '/Groups', aBody: aGroup, change: { op: 'replace', path: 'externalId', value: 'new' } },
  ] as const;

  for (const { endpoint, aBody, change } of KINDS) {
    const create = async () => {
      const body = aBody();
      const answer = await scim.post(endpoint, body);
      const { id } = expectBody(answer, 201);
      return { path: `${endpoint}/${id}`, tag: String(answer.headers.etag), body };
    };

    it(`fact-56 names the version in every answer that shows one of ${endpoint}`, async () => {
      const { path, tag, body } = await create();
      expect(tag).to.equal('W/"1"');
      const answers: readonly [Answer, string][] = [
        [await scim.get(path), 'W/"1"'],
        [await scim.send({ method: 'HEAD', path }), 'W/"1"'],
        [await scim.get(`${path}?attributes=id`), 'W/"1"'],
        [await scim.put(path, { ...body, externalId: 'put' }), 'W/"2"'],
        [await scim.patch(path, [change]), 'W/"3"'],
        [await scim.patch(`${path}?attributes=id`, [{ ...change, value: 'newer' }]), 'W/"4"'],
        [await scim.patch(path, [{ ...change, value: 'newer' }]), 'W/"4"'],
      ];
      for (const [answer, version] of answers) {
        expect(answer.headers.etag, answer.text).to.equal(version);
        if (answer.body?.meta) expect(answer.body.meta.version).to.equal(version);
      }
    });

    it(`fact-56 reads one of ${endpoint} by condition`, async () => {
      const { path, tag } = await create();
      for (const known of [tag, '*', '"1"', 'W/"1"', `"99", ${tag}`, ` ${tag} , "x"`]) {
        const answer = await scim.get(path, { 'if-none-match': known });
        expectEmpty(answer, 304);
        expect(answer.headers.etag).to.equal(tag);
        expectEmpty(await scim.send({ method: 'HEAD', path, headers: { 'if-none-match': known } }), 304);
        expectBody(await scim.get(path, { 'if-match': known }), 200);
      }
      for (const other of ['W/"2"', '"10"', '"1x"', 'nonsense', '""', 'W/"1.abc"']) {
        expectBody(await scim.get(path, { 'if-none-match': other }), 200);
        expectError(await scim.get(path, { 'if-match': other }), 412);
      }
      expectEmpty(await scim.get(path, { 'if-match': tag, 'if-none-match': tag }), 304);
    });

    it(`fact-56 writes one of ${endpoint} by condition, or not at all`, async () => {
      const { path, tag, body } = await create();
      const writes = (headers: Record<string, string>) => [
        () => scim.put(path, { ...body, externalId: 'never' }, headers),
        () => scim.patch(path, [{ ...change, value: 'never' }], headers),
        () => scim.delete(path, headers),
      ];
      for (const headers of [
        { 'if-match': 'W/"2"' },
        { 'if-match': '"nonsense", W/"7"' },
        { 'if-none-match': tag },
        { 'if-none-match': '*' },
        { 'if-none-match': '"9", "1"' },
        { 'if-match': tag, 'if-none-match': tag },
      ])
        for (const write of writes(headers)) expectError(await write(), 412);
      expect((await scim.get(path)).headers.etag).to.equal(tag);
      expectBody(await scim.put(path, { ...body, externalId: 'put' }, { 'if-match': `"7", ${tag}` }), 200);
      const patched = await scim.patch(path, [change], { 'if-match': '"2"', 'if-none-match': 'W/"1"' });
      expect(patched.status).to.be.oneOf([200, 204]);
      expectError(await scim.delete(path, { 'if-match': tag }), 412);
      expectEmpty(await scim.delete(path, { 'if-match': '*' }), 204);
      expectError(await scim.put(path, body, { 'if-match': '*' }), 404);
    });

    it(`R19 lets one of ${RIVALS} writers with one tag of ${endpoint} win`, async () => {
      const { path, tag, body } = await create();
      const put = (n: number) => scim.put(path, { ...body, externalId: `writer ${n}` }, { 'if-match': tag });
      const answers = await Promise.all(Array.from({ length: RIVALS }, (_, n) => put(n)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).to.have.length(1);
      expect(answers.filter(({ status }) => status === 412)).to.have.length(RIVALS - 1);
      const now = await scim.get(path);
      expect(now.headers.etag).to.equal('W/"2"');
      expect(now.body.externalId).to.equal(won[0]?.body.externalId);
    });
  }

  it('case-P36 answers 204 with the tag where a connection wants PATCH quiet', async () => {
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    expectBody(await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'T' }]), 200);
    const text = JSON.stringify(patchOp([{ op: 'add', path: 'members', value: [{ value: id }] }]));
    const group = expectBody(await scim.post('/Groups', aGroup()), 201);
    const headers = { 'content-type': 'application/scim+json' };
    const answer = await scim.send({ method: 'PATCH', path: `/Groups/${group.id}`, text, headers });
    expectEmpty(answer, 204);
    expect(answer.headers.etag).to.equal('W/"2"');
  });
});
