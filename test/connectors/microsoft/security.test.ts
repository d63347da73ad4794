import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect, promisify } from 'node:util';
import { expect } from 'chai';
import type { Fault, Operation } from '../../simulators/graph/fault-rule.ts';
import { errorOf } from '../google/harness.ts';
import { type Harness, openHarness } from './harness.ts';

describe('the Microsoft connector keeps to itself', () => {
  let microsoft: Harness;
  let stranger: Server;
  let visits: string[];

  before(async () => {
    microsoft = await openHarness(3);
    stranger = createServer((request, response) => {
      visits.push(`${request.method} ${request.url}`);
      response.end('{"access_token":"stolen","expires_in":3600}');
    });
    stranger.on('connect', (request, socket) => {
      visits.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 502 no\r\n\r\n');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    visits = [];
  });
  afterEach(() => microsoft.reset());
  after(async () => {
    stranger.close();
    await microsoft.close();
  });
  const strangerOrigin = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const control = () => microsoft.simulator.control;
  const open = () => microsoft.open({ options: { retryPolicy: { tries: 1, baseMs: 1, capMs: 1, longestWaitMs: 1 } } });

  it('follows no page link to another host, however it is written', async () => {
    const { host, origin } = new URL(microsoft.simulator.origin);
    for (const link of [
      `${strangerOrigin()}/v1.0/users/delta?$skiptoken=x`,
      `//${new URL(strangerOrigin()).host}/v1.0/users/delta?$skiptoken=x`,
      `http://${host}@${new URL(strangerOrigin()).host}/v1.0/users/delta?$skiptoken=x`,
      `http://user:word@${host}/v1.0/users/delta?$skiptoken=x`,
      `${origin}.evil.example/v1.0/users/delta?$skiptoken=x`,
      `${origin}/v1.0/../beta/users/delta?$skiptoken=x`,
      `${origin}/v1.0/users/delta/../../me?x`,
      `${origin}/v1.0/users/someone?x`,
      'file:///etc/passwd',
      'javascript:alert(1)',
      '',
    ]) {
      microsoft.reset();
      control().fault({ match: { operation: 'users.delta' }, fault: { kind: 'foreign-link', link } });
      expect(await errorOf(open().readPage(null)), link).to.include({ failure: 'retry' });
      expect(control().stats().calls, link).to.include({ 'users.delta': 1 });
    }
    expect(visits).to.deep.equal([]);
  });

  it('believes no cursor that it cannot have stored', async () => {
    for (const cursor of [
      `${strangerOrigin()}/v1.0/users/delta?a`,
      `https://${new URL(strangerOrigin()).host}/v1.0/users?a`,
      '/me',
      '/users/../me?x',
      '/users/delta?a#b',
      '',
    ])
      expect(await errorOf(open().readPage(cursor)), cursor).to.include({ failure: 'reset' });
    expect([visits, control().requests()]).to.deep.equal([[], []]);
  });

  for (const operation of ['token', 'users.delta'] as const)
    it(`follows no redirect (${operation})`, async () => {
      const headers = { location: `${strangerOrigin()}/` };
      for (const status of [301, 302, 307, 308])
        control().fault({ match: { operation }, fault: { kind: 'body', status, body: '', headers } });
      expect((await microsoft.open().readPage(null)).people).to.have.length(3);
      expect(visits).to.deep.equal([]);
    });

  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy'])
    it(`is not led astray to reach this machine by ${name}`, async () => {
      const before = process.env[name];
      process.env[name] = strangerOrigin();
      try {
        expect((await microsoft.open().readPage(null)).people).to.have.length(3);
      } finally {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      }
      expect(visits).to.deep.equal([]);
    });

  it('does not read on without end', async () => {
    const body = { '@odata.context': 'e'.repeat(33 * 1024 * 1024), value: [] };
    control().fault({ match: { operation: 'users.delta' }, fault: { kind: 'body', body } });
    expect(await errorOf(open().readPage(null))).to.include({ failure: 'retry' });
  });

  it('puts a tenant id that is none into no other path of the login', async () => {
    const credentials = { tenantId: '../../steal?x=' };
    expect(await errorOf(microsoft.open({ credentials }).readPage(null))).to.include({ failure: 'config' });
    expect(control().stats().calls).to.include({ token: 1 });
  });

  it('shows no secret, key, token or assertion in any error or log line', async () => {
    const faults: readonly (readonly [Operation, Fault])[] = [
      ['token', { kind: 'token-error', status: 401, error: 'invalid_client', number: 7000215, description: 'no' }],
      ['token', { kind: 'error', status: 503 }],
      ['token', { kind: 'web-page' }],
      ['token', { kind: 'reset-before' }],
      ['users.delta', { kind: 'error', status: 403 }],
      ['users.delta', { kind: 'error', status: 429, retryAfterSeconds: 5 }],
      ['users.delta', { kind: 'web-page' }],
      ['users.delta', { kind: 'truncated-json' }],
      ['users.delta', { kind: 'reset-midway' }],
      ['users.delta', { kind: 'revoked-token' }],
      ['users.delta', { kind: 'foreign-link', link: 'https://evil.example/v1.0/users?secret' }],
    ];
    const { clientSecret, certificate } = microsoft.simulator.application;
    const texts: string[] = [];
    for (const credentials of [{}, { clientSecret: null, certificate }])
      for (const [operation, fault] of faults) {
        microsoft.reset();
        const directory = microsoft.open({ credentials });
        control().fault({ match: { operation }, times: 'always', fault });
        const error = await errorOf(directory.readPage(null));
        const checks = await directory.test();
        texts.push(inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), JSON.stringify(checks));
        texts.push(...microsoft.logged);
      }
    const keyLines = certificate.split('\n').filter((line) => line.length > 20);
    for (const text of texts)
      for (const secret of ['sim-token-', 'PRIVATE KEY', 'eyJ', 'assertion=', 'Bearer', clientSecret, ...keyLines])
        expect(text).not.to.include(secret);
    expect(texts.length).to.be.above(60);
  });

  it('loads the client library only when it is needed', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { createDirectories } from './connectors/open.ts';
      const directories = createDirectories({ googleBaseUrl: null, clock: { now: () => 0 }, random: () => 0 });
      const credentials = { tenantId: 't', clientId: 'c', clientSecret: 's', certificate: null };
      directories.openMicrosoft('one', credentials, { includeGuests: false, onlyLicensed: false, useInitialDomain: false });
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /microsoft-graph-client/.test(file));
      console.log(loaded.length);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      timeout: 20_000,
    });
    expect(stdout.trim()).to.equal('0');
  });
});
