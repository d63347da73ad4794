import { expect } from 'chai';
import { loadSettings, SettingsError } from '../../config/load.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('loadSettings', () => {
  it('needs nothing set', () => {
    expect(loadSettings({ PATH: '/usr/bin' })).to.deep.equal({
      port: 3000,
      workerPort: 0,
      host: '127.0.0.1',
      dataDir: './data',
      publicUrl: null,
      operatorKey: null,
      secretKey: null,
      mongodbUrl: null,
      mongodbPoolSize: 50,
      mongodbTimeoutMs: 10_000,
      redisUrl: null,
      redisPrefix: 'rollcall',
      role: 'all',
      drainMs: 0,
      scimScanLimit: 20_000,
      scimRatePerSecond: 1_000,
      scimBurst: 2_000,
      googleBaseUrl: null,
      microsoftLoginUrl: null,
      microsoftGraphUrl: null,
      logLevel: 'info',
    });
  });

  it('reads every setting from its variable', () => {
    const env = {
      PORT: '0',
      ROLLCALL_WORKER_PORT: '3001',
      HOST: '::1',
      ROLLCALL_DATA_DIR: 'people',
      ROLLCALL_PUBLIC_URL: 'https://people.example.com/rollcall',
      ROLLCALL_OPERATOR_KEY: 'abcdefghijklmnop',
      ROLLCALL_SECRET_KEY: key,
      MONGODB_URL: 'mongodb://ada:p%40ss@host-1:27017,host-2/people?replicaSet=rs0&tls=true',
      MONGODB_POOL_SIZE: '5',
      MONGODB_TIMEOUT_MS: '2000',
      REDIS_URL: 'rediss://ada:secret@host:6380/1',
      REDIS_PREFIX: '{people}',
      ROLLCALL_ROLE: 'worker',
      ROLLCALL_DRAIN_MS: '5000',
      SCIM_SCAN_LIMIT: '500',
      SCIM_RATE_PER_SECOND: '50',
      SCIM_BURST: '75',
      GOOGLE_BASE_URL: 'http://127.0.0.1:4000',
      MICROSOFT_LOGIN_URL: 'http://127.0.0.1:4001',
      MICROSOFT_GRAPH_URL: 'http://127.0.0.1:4002',
      LOG_LEVEL: 'debug',
    };
    expect(loadSettings(env)).to.deep.equal({
      port: 0,
      workerPort: 3001,
      host: '::1',
      dataDir: 'people',
      publicUrl: 'https://people.example.com/rollcall',
      operatorKey: 'abcdefghijklmnop',
      secretKey: Buffer.alloc(32, 7),
      mongodbUrl: 'mongodb://ada:p%40ss@host-1:27017,host-2/people?replicaSet=rs0&tls=true',
      mongodbPoolSize: 5,
      mongodbTimeoutMs: 2_000,
      redisUrl: 'rediss://ada:secret@host:6380/1',
      redisPrefix: '{people}',
      role: 'worker',
      drainMs: 5_000,
      scimScanLimit: 500,
      scimRatePerSecond: 50,
      scimBurst: 75,
      googleBaseUrl: 'http://127.0.0.1:4000',
      microsoftLoginUrl: 'http://127.0.0.1:4001',
      microsoftGraphUrl: 'http://127.0.0.1:4002',
      logLevel: 'debug',
    });
  });

  it('cannot be changed afterwards', () => {
    expect(loadSettings({})).to.be.frozen;
  });

  it('takes an empty variable for unset, unless it holds a secret', () => {
    expect(loadSettings({ PORT: '', ROLLCALL_PUBLIC_URL: '' })).to.include({ port: 3000, publicUrl: null });
    expect(mistakesOf({ ROLLCALL_SECRET_KEY: '' })).to.match(/ROLLCALL_SECRET_KEY is set but empty/);
    expect(mistakesOf({ ROLLCALL_OPERATOR_KEY: '' })).to.match(/ROLLCALL_OPERATOR_KEY is set but empty/);
  });

  it('names all mistakes in one message, each with what the variable must be', () => {
    const message = mistakesOf({ PORT: 'http', ROLLCALL_PUBLIC_URL: 'people.example.com', LOG_LEVEL: 'loud' });
    const [heading, ...lines] = message.split('\n');
    expect(heading).to.equal('Cannot start:');
    expect(lines).to.have.length(3);
    expect(lines[0]).to.match(/^ {2}PORT must be a port number .*, not "http"$/);
    expect(lines[1]).to.match(
      /^ {2}ROLLCALL_PUBLIC_URL must be an absolute http or https URL .*, not "people\.example\.com"$/,
    );
    expect(lines[2]).to.match(/^ {2}LOG_LEVEL must be one of trace, .*, not "loud"$/);
  });

  for (const [variable, text] of [
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80 '],
    ['PORT', '1e3'],
    ['HOST', 'http://localhost'],
    ['HOST', 'a b'],
    ['ROLLCALL_PUBLIC_URL', 'https://people.example.com/'],
    ['ROLLCALL_PUBLIC_URL', 'ftp://people.example.com'],
    ['ROLLCALL_PUBLIC_URL', 'https://people.example.com?'],
    ['ROLLCALL_PUBLIC_URL', 'https://people.example.com#top'],
    ['ROLLCALL_PUBLIC_URL', 'https://user:pass@people.example.com'],
    ['GOOGLE_BASE_URL', 'http://127.0.0.1:4000/'],
    ['GOOGLE_BASE_URL', 'http://127.0.0.1:4000/admin'],
    ['LOG_LEVEL', 'INFO'],
    ['ROLLCALL_OPERATOR_KEY', 'abcdefghijklmno'],
    ['ROLLCALL_OPERATOR_KEY', 'abcdefgh ijklmnop'],
    ['ROLLCALL_SECRET_KEY', Buffer.alloc(31).toString('base64')],
    ['ROLLCALL_SECRET_KEY', Buffer.alloc(33).toString('base64')],
    ['ROLLCALL_SECRET_KEY', Buffer.alloc(32).toString('hex')],
    ['ROLLCALL_SECRET_KEY', Buffer.alloc(32).toString('base64').slice(0, 43)],
    ['MONGODB_URL', 'postgres://host/people'],
    ['MONGODB_URL', 'mongodb://'],
    ['MONGODB_POOL_SIZE', '0'],
    ['MONGODB_TIMEOUT_MS', '1.5'],
    ['REDIS_URL', 'host:6379'],
    ['REDIS_PREFIX', 'a:b'],
    ['ROLLCALL_ROLE', 'both'],
    ['ROLLCALL_DRAIN_MS', '60001'],
  ] as const)
    it(`refuses ${variable}=${text}`, () =>
      expect(mistakesOf({ [variable]: text })).to.include(`  ${variable} must be `));

  describe('of several processes', () => {
    const shared = {
      MONGODB_URL: 'mongodb://root:canary@host/people',
      REDIS_URL: 'redis://host',
      ROLLCALL_SECRET_KEY: key,
      ROLLCALL_OPERATOR_KEY: 'abcdefghijklmnop',
    };

    for (const [missing, sentence] of [
      ['MONGODB_URL', /REDIS_URL is of use only with MONGODB_URL/],
      ['ROLLCALL_SECRET_KEY', /ROLLCALL_SECRET_KEY must be set when MONGODB_URL is/],
      ['ROLLCALL_OPERATOR_KEY', /ROLLCALL_OPERATOR_KEY must be set when MONGODB_URL is/],
    ] as const)
      it(`refuses to do without ${missing}`, () => {
        const { [missing]: _, ...rest } = shared;
        const message = mistakesOf(rest);
        expect(message).to.match(sentence);
        expect(message).not.to.contain('canary');
      });

    it('lets a process play one role only when the others can be met', () => {
      for (const role of ['api', 'worker']) {
        expect(loadSettings({ ...shared, ROLLCALL_ROLE: role }).role).to.equal(role);
        expect(mistakesOf({ ROLLCALL_ROLE: role })).to.match(/ROLLCALL_ROLE other than all needs/);
        const { REDIS_URL: _, ...rest } = shared;
        expect(mistakesOf({ ...rest, ROLLCALL_ROLE: role })).to.match(/ROLLCALL_ROLE other than all needs/);
      }
    });

    it('takes MongoDB without Redis for a single process', () => {
      const { REDIS_URL: _, ...rest } = shared;
      expect(loadSettings(rest).role).to.equal('all');
    });
  });

  it('shows no part of a secret, whatever is wrong with it', () => {
    const message = mistakesOf({
      ROLLCALL_OPERATOR_KEY: 'hunter2 canary',
      ROLLCALL_SECRET_KEY: 'c2VjcmV0LWNhbmFyeQ==',
      ROLLCALL_PUBLIC_URL: 'https://root:canary@people.example.com',
    });
    expect(message.split('\n')).to.have.length(4);
    expect(message).not.to.match(/hunter2|canary|c2Vj|root/);
  });

  it('shows control characters of a wrong value escaped', () => {
    expect(mistakesOf({ PORT: '80\n  HOST is fine' })).to.include('not "80\\n  HOST is fine"');
  });
});

function mistakesOf(env: { readonly [name: string]: string }): string {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('expected a mistake');
}
