import { expect } from 'chai';
import { loadSettings, SettingsError } from '../../config/load.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('loadSettings', () => {
  it('needs nothing set', () => {
    expect(loadSettings({ PATH: '/usr/bin' })).to.deep.equal({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './data',
      publicUrl: null,
      operatorKey: null,
      secretKey: null,
      googleBaseUrl: null,
      logLevel: 'info',
    });
  });

  it('reads every setting from its variable', () => {
    const env = {
      PORT: '0',
      HOST: '::1',
      ROLLCALL_DATA_DIR: 'people',
      ROLLCALL_PUBLIC_URL: 'https://people.example.com/rollcall',
      ROLLCALL_OPERATOR_KEY: 'abcdefghijklmnop',
      ROLLCALL_SECRET_KEY: key,
      GOOGLE_BASE_URL: 'http://127.0.0.1:4000',
      LOG_LEVEL: 'debug',
    };
    expect(loadSettings(env)).to.deep.equal({
      port: 0,
      host: '::1',
      dataDir: 'people',
      publicUrl: 'https://people.example.com/rollcall',
      operatorKey: 'abcdefghijklmnop',
      secretKey: Buffer.alloc(32, 7),
      googleBaseUrl: 'http://127.0.0.1:4000',
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
  ] as const)
    it(`refuses ${variable}=${text}`, () =>
      expect(mistakesOf({ [variable]: text })).to.include(`  ${variable} must be `));

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
