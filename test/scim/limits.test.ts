import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type Answer, patchOp } from './client.ts';
import { aPerson, expectBody, expectError, expectList } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const JSON_TYPE = { 'content-type': 'application/scim+json' };

describe('SCIM limits (S05)', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const postText = (text: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
    scim.send({ method: 'POST', path: '/Users', text, headers: { ...JSON_TYPE, ...headers } });

  it('takes a body of almost 1 MB and refuses a larger one with 413', async () => {
    const padded = (length: number) => JSON.stringify(aPerson({ unknown: 'x'.repeat(length) }));
    expectBody(await postText(padded(1_048_000)), 201);
    expectError(await postText(padded(1_048_577)), 413);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('counts a compressed body as it is when inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    expect(bomb.length).to.be.below(100_000);
    const answer = await postText(bomb, { 'content-encoding': 'gzip' });
    expectError(answer, 413);
    expect(answer.ms).to.be.below(2_000);
    const small = gzipSync(JSON.stringify(aPerson()));
    expectBody(await postText(small, { 'content-encoding': 'gzip' }), 201);
  });

  it('refuses more than 16 levels of JSON with 400, however many', async () => {
    const nested = (levels: number) =>
      `{"userName":"deep@example.com","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    for (const levels of [17, 18, 100, 5_000, 100_000])
      expectError(await postText(nested(levels)), 400, 'invalidSyntax');
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expectError(await postText(objects), 400, 'invalidSyntax');
    expectBody(await postText(nested(16)), 201);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('refuses a filter deeper than 8 levels or longer than 4,096 characters', async () => {
    const deep = (levels: number) => `${'('.repeat(levels)}userName eq "a"${')'.repeat(levels)}`;
    expectList(await scim.filter(deep(8)), 0);
    expectError(await scim.filter(deep(9)), 400, 'invalidFilter');
    expectList(await scim.filter('not (not (not (not (not (not (not (emails[type eq "a"])))))))'), 0);
    expectError(
      await scim.filter('not (not (not (not (not (not (not (not (emails[type eq "a"]))))))))'),
      400,
      'invalidFilter',
    );
    const long = (length: number) => `userName eq "${'a'.repeat(length - 14)}"`;
    expectList(await scim.filter(long(4096)), 0);
    expectError(await scim.filter(long(4097)), 400, 'invalidFilter');
  });

  it('takes 1,000 operations and refuses one more with 413', async () => {
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    const operations = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ op: 'replace', path: 'title', value: `t${at}` }));
    expect(expectBody(await scim.patch(`/Users/${id}`, operations(1000)), 200).title).to.equal('t999');
    expectError(await scim.patch(`/Users/${id}`, operations(1001)), 413);
    expect((await scim.record(id)).attributes.title).to.equal('t999');
  });

  it('takes 1,000 values of an attribute and refuses one more', async () => {
    const emails = (count: number) => Array.from({ length: count }, (_, at) => ({ value: `e${at}@example.com` }));
    const { id } = expectBody(await scim.post('/Users', aPerson({ emails: emails(1000) })), 201);
    expectError(await scim.post('/Users', aPerson({ emails: emails(1001) })), 400, 'invalidValue');
    const another = [{ op: 'add', path: 'emails', value: { value: 'another@example.com' } }];
    expectError(await scim.patch(`/Users/${id}`, another), 400, 'invalidValue');
  });

  it('bounds the work of a PATCH that looks at every value a thousand times', async () => {
    const roles = Array.from({ length: 1000 }, (_, at) => ({ value: `role ${at}`, type: 'x' }));
    const { id } = expectBody(await scim.post('/Users', aPerson({ roles })), 201);
    const path = 'roles[type eq "X" and display ne "y"].display';
    const operations = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ op: 'replace', path, value: `d${at}` }));
    const answer = await scim.patch(`/Users/${id}`, operations(200));
    expect(expectBody(answer, 200).roles[999]).to.deep.equal({ ...roles[999], display: 'd199' });
    expect(answer.ms).to.be.below(2_000);
    const refused = await scim.patch(`/Users/${id}`, operations(1000));
    expectError(refused, 413);
    expect(refused.ms).to.be.below(2_000);
  });

  it('refuses a query parameter given twice, in whatever case', async () => {
    for (const query of [
      'filter=id%20pr&filter=id%20pr',
      'count=1&Count=2',
      'foo=1&foo=2',
      'filter[$ne]=x',
      'count[]=1',
    ])
      expectError(await scim.get(`/Users?${query}`), 400, 'invalidValue');
    const sent = {
      method: 'PATCH',
      path: '/Users/1?attributes=a&ATTRIBUTES=b',
      text: JSON.stringify(patchOp([])),
      headers: JSON_TYPE,
    };
    expectError(await scim.send(sent), 400, 'invalidValue');
  });
});
