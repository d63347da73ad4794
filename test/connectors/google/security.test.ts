import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect, promisify } from 'node:util';
import { expect } from 'chai';
import { parseServiceAccount } from '../../../connectors/google/service-account.ts';
import { createTransport } from '../../../connectors/google/transport.ts';
import type { Fault, Operation } from '../../simulators/google/fault-rule.ts';
import { errorOf, type Harness, openHarness } from './harness.ts';

describe('the Google connector keeps to itself', () => {
  let google: Harness;
  let stranger: Server;
  let visits: string[];

  before(async () => {
    google = await openHarness(3);
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
  afterEach(() => google.reset());
  after(async () => {
    stranger.close();
    await google.close();
  });
  const strangerOrigin = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const control = () => google.simulator.control;

  it('goes nowhere a forged key file points to', async () => {
    const forged = {
      ...google.simulator.serviceAccount,
      token_uri: `${strangerOrigin()}/token`,
      auth_uri: `${strangerOrigin()}/auth`,
      universe_domain: strangerOrigin(),
      quota_project_id: 'foreign',
      credential_source: { url: `${strangerOrigin()}/credentials` },
    };
    const credentials = parseServiceAccount(forged);
    expect((await google.open({}, credentials).readPage(null)).people).to.have.length(3);
    expect(visits).to.deep.equal([]);
  });

  for (const [name, value] of [
    ['GOOGLE_CLOUD_UNIVERSE_DOMAIN', 'elsewhere.example'],
    ['HTTPS_PROXY', 'stranger'],
    ['HTTP_PROXY', 'stranger'],
    ['https_proxy', 'stranger'],
  ] as const)
    it(`is not led astray to reach this machine by ${name}`, async () => {
      const before = process.env[name];
      process.env[name] = value === 'stranger' ? strangerOrigin() : value;
      try {
        expect((await google.open().readPage(null)).people).to.have.length(3);
      } finally {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      }
      expect(visits).to.deep.equal([]);
    });

  for (const operation of ['token', 'users.list'] as const)
    it(`follows no redirect (${operation})`, async () => {
      const location = `${strangerOrigin()}/`;
      for (const status of [301, 302, 307, 308])
        control().fault({ match: { operation }, fault: { kind: 'body', status, body: '', headers: { location } } });
      expect((await google.open().readPage(null)).people).to.have.length(3);
      expect(visits).to.deep.equal([]);
    });

  it('calls nobody but Google', async () => {
    const transport = createTransport({ baseUrl: null, timeoutMs: 1_000, turn: async () => {} });
    for (const url of [
      'https://evil.example/token',
      'https://googleapis.com.evil.example/',
      'https://evilgoogleapis.com/',
      'http://oauth2.googleapis.com/token',
      'http://169.254.169.254/',
    ])
      expect(await errorOf(transport({ url: new URL(url) })), url).to.be.instanceOf(Error);
    const { url } = await transport({ url: new URL('https://admin.googleapis.com/a?b=c') });
    expect(url.href).to.equal('https://admin.googleapis.com/a?b=c');
  });

  it('moves token and API calls to the base URL, path and query kept', async () => {
    const transport = createTransport({ baseUrl: 'http://127.0.0.1:8085', timeoutMs: 1_000, turn: async () => {} });
    for (const [from, to] of [
      ['https://oauth2.googleapis.com/token', 'http://127.0.0.1:8085/token'],
      [
        'https://admin.googleapis.com/admin/directory/v1/users?a=%20b',
        'http://127.0.0.1:8085/admin/directory/v1/users?a=%20b',
      ],
    ] as const)
      expect((await transport({ url: new URL(from) })).url.href).to.equal(to);
  });

  it('does not read on without end', async () => {
    const body = { kind: 'admin#directory#users', etag: 'e'.repeat(33 * 1024 * 1024) };
    control().fault({ match: { operation: 'users.list' }, fault: { kind: 'body', body } });
    const retryPolicy = { tries: 1, baseMs: 1, capMs: 1, longestWaitMs: 1 };
    expect(await errorOf(google.open({ retryPolicy }).readPage(null))).to.include({ failure: 'retry' });
  });

  it('asks for one scope to list, and never for more', async () => {
    const { users } = (await import('../../simulators/google/token-api.ts')).SCOPES;
    control().delegate([users]);
    expect((await google.open().readPage(null)).people).to.have.length(3);
  });

  it('shows no key, token or assertion in any error or log line', async () => {
    const faults: readonly (readonly [Operation, Fault])[] = [
      ['token', { kind: 'token-error', status: 400, error: 'invalid_grant', description: 'Invalid JWT Signature.' }],
      ['token', { kind: 'token-error', status: 401, error: 'unauthorized_client', description: 'no' }],
      ['token', { kind: 'error', status: 503 }],
      ['token', { kind: 'web-page' }],
      ['token', { kind: 'reset-before' }],
      ['users.list', { kind: 'error', status: 403, reason: 'forbidden' }],
      ['users.list', { kind: 'error', status: 429, retryAfterSeconds: 5 }],
      ['users.list', { kind: 'web-page' }],
      ['users.list', { kind: 'truncated-json' }],
      ['users.list', { kind: 'reset-midway' }],
      ['users.list', { kind: 'revoked-token' }],
      [
        'users.list',
        { kind: 'body', status: 418, body: { error: { message: 'tea', errors: [{ reason: 'teapot' }] } } },
      ],
    ];
    const texts: string[] = [];
    for (const [operation, fault] of faults) {
      google.reset();
      const directory = google.open();
      control().fault({ match: { operation }, times: 'always', fault });
      const error = await errorOf(directory.readPage(null));
      const checks = await directory.test();
      texts.push(
        inspect(error, { depth: 20, showHidden: true }),
        JSON.stringify(error),
        JSON.stringify(checks),
        ...google.logged,
      );
    }
    const keyLines = google.credentials.privateKey.split('\n').filter((line) => line.length > 20);
    for (const text of texts)
      for (const secret of ['sim-token-', 'PRIVATE KEY', 'eyJ', 'assertion=', 'Bearer', ...keyLines])
        expect(text).not.to.include(secret);
    expect(texts.length).to.be.above(36);
  });

  it('prints nothing even when the client library is told to', async () => {
    const script = `
      import { openHarness } from './test/connectors/google/harness.ts';
      const google = await openHarness(2);
      await google.open().readPage(null);
      await google.close();`;
    const env = { ...process.env, GOOGLE_SDK_NODE_LOGGING: '*', NODE_DEBUG: '' };
    const { stdout, stderr } = await run(script, env);
    expect(`${stdout}${stderr}`).not.to.match(/sim-token-|PRIVATE KEY|Bearer|eyJ/);
  });

  it('loads the client library only when it is needed', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { createDirectories } from './connectors/open.ts';
      const directories = createDirectories({ googleBaseUrl: null, clock: { now: () => 0 }, random: () => 0 });
      directories.openGoogle('one', { clientEmail: 'a@b', privateKey: '', privateKeyId: null, subject: 'c@d' });
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /google|gaxios/.test(file));
      console.log(loaded.length);`;
    expect((await run(script, process.env)).stdout.trim()).to.equal('0');
  });
});

const run = (script: string, env: NodeJS.ProcessEnv) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env, timeout: 20_000 });
