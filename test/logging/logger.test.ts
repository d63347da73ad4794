import { expect } from 'chai';
import { loggablePath } from '../../src/logging/loggable-path.ts';
import { createLogger } from '../../src/logging/logger.ts';

const TOKEN = 'rcl_scim_AbCdEf12_canary0123456789012345678901234567890123456789';
const PEM = '-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n';

describe('the logger', () => {
  it('writes one JSON line a message: level, time, facts, message', () => {
    const { lines, logger } = recording('info');
    logger.info({ organizationId: 'acme', counts: { seen: 3 } }, 'run finished');
    const line = lines[0] ?? {};
    expect(lines).to.have.length(1);
    expect(line).to.include({ level: 'info', message: 'run finished', organizationId: 'acme' });
    expect(line.counts).to.deep.equal({ seen: 3 });
    expect(line.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('keeps to its level', () => {
    const { lines, logger } = recording('warn');
    logger.debug({}, 'a');
    logger.info({}, 'b');
    logger.warn({}, 'c');
    logger.error({}, 'd');
    expect(lines.map(({ level }) => level)).to.deep.equal(['warn', 'error']);
    const silent = recording('silent');
    silent.logger.error({}, 'e');
    expect(silent.lines).to.deep.equal([]);
  });

  it('keeps line breaks of clients inside their line', () => {
    const { raw, logger } = recording('info');
    logger.info({ userAgent: 'x\n{"level":"error"}' }, 'a\nb');
    expect(raw()).to.match(/^[^\n]*\n$/);
  });
});

describe('case-S14: no secret in a log', () => {
  for (const [name, canary] of Object.entries({
    authorization: 'canary',
    Authorization: 'canary',
    'proxy-authorization': 'canary',
    cookie: 'canary',
    'set-cookie': ['canary'],
    token: 'canary',
    accessToken: 'canary',
    refresh_token: 'canary',
    tokens: ['canary'],
    password: 'canary',
    newPassword: 'canary',
    passphrase: 'canary',
    privateKey: 'canary',
    private_key: 'canary',
    secretKey: Buffer.from('canary'),
    operatorKey: 'canary',
    'x-api-key': 'canary',
    clientSecret: 'canary',
    client_assertion: 'canary',
    credentials: { anything: 'canary' },
    sealedCredentials: 'canary',
  }))
    it(`strikes out ${name} at any depth, in any container`, () => {
      const { raw, logger } = recording('info');
      const holder = { [name]: canary };
      logger.info(holder, 'flat');
      logger.info({ a: { b: [{ c: holder }] } }, 'deep');
      logger.info({ map: new Map([[name, canary]]), set: new Set([holder]) }, 'containers');
      logger.info(
        { error: Object.assign(new Error('failed'), { config: holder, details: holder, cause: holder }) },
        'error',
      );
      expect(raw().match(/"message":"(flat|deep|containers|error)"/g)).to.have.length(4);
      expect(raw()).to.not.include('canary').and.not.include('99,97,110');
      expect(raw()).to.include('[redacted]');
    });

  for (const [what, text] of [
    ['a SCIM token', TOKEN],
    ['a bearer header', 'Bearer canary+0123/456=='],
    ['a basic header', 'basic Y2FuYXJ5OmNhbmFyeQ=='],
    ['a private key', PEM],
    ['a private key inside JSON', JSON.stringify({ key: PEM })],
    ['the begin of a private key', PEM.slice(0, 40)],
    ['a JSON web token', 'eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOjF9.c2lnY2FuYXJ5'],
    ['an access token of Google', 'ya29.canary-0123_456'],
    ['a sealed secret', 'rcs1.0011223344556677.Y2FuYXJ5.Y2FuYXJ5'],
    ['the query of a link', 'https://example.com/users?query=email%3Dcanary&customer=canary'],
  ] as const)
    it(`strikes out ${what} wherever it stands`, () => {
      const { raw, logger } = recording('info');
      logger.info({ reason: `before ${text} after`, [text]: 1 }, 'in a fact');
      logger.info({ error: new Error(`before ${text} after`, { cause: new Error(text) }) }, 'in an error');
      logger.info({}, `before ${text} after`);
      expect(raw()).to.include('"reason":"before ');
      expect(raw()).to.not.match(/canary|Y2FuYXJ5|eyJj/);
    });

  it('keeps what only sounds like a secret', () => {
    const { lines, logger } = recording('info');
    const facts = {
      keyId: 'AbCdEf12',
      tokenId: 't1',
      externalId: 'e1',
      url: '/scim/v2/acme/Users',
      question: 'why? 1=1',
    };
    logger.info(facts, 'kept');
    expect(lines[0]).to.include(facts);
  });

  it('tells an error with type, code, stack and cause, and leaves the request it carries out', () => {
    const { lines, logger } = recording('error');
    const error = Object.assign(new RangeError('too far', { cause: new Error('root') }), {
      code: 'EFAR',
      response: { headers: { etag: 'leave me out' } },
    });
    logger.error({ error }, 'failed');
    const logged = lines[0]?.error as { stack: string; cause: { message: string } };
    expect(logged)
      .to.include({ type: 'RangeError', message: 'too far', code: 'EFAR' })
      .and.not.have.property('response');
    expect(logged.stack).to.include('logger.test');
    expect(logged.cause.message).to.equal('root');
  });

  it('survives cycles, depth, size and objects that cannot be read', () => {
    const { raw, lines, logger } = recording('info');
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
    const unreadable = Object.defineProperty({}, 'a', { enumerable: true, get: () => failing() });
    logger.info(
      { cycle, deep, big: 10n, long: 'x'.repeat(1_000_000), many: Array.from({ length: 100_000 }, () => 1) },
      'odd',
    );
    logger.info({ unreadable }, 'worse');
    logger.info({ when: new Date(Number.NaN), link: new URL('https://u:canary@example.com/a?b=canary') }, 'last');
    expect(raw().length).to.be.below(15_000);
    expect(lines.map(({ message }) => message)).to.deep.equal(['odd', 'worse', 'last']);
    expect(lines[0]?.cycle).to.deep.equal({ self: '[circular]' });
    expect(lines[2]?.link).to.equal('https://example.com/a?…');
  });
});

describe('loggablePath', () => {
  for (const [url, path] of [
    ['/scim/v2/acme/Users', '/scim/v2/acme/Users'],
    ['/scim/v2/acme/Users?filter=userName%20eq%20%22ada%22', '/scim/v2/acme/Users?…'],
    ['/a?ada@example.com', '/a?…'],
    ['/a?b?c=d', '/a?…'],
    ['/a#token', '/a'],
    ['/a?b#c', '/a?…'],
    ['/a#b?c', '/a'],
    ['https://user:password@example.com/a?b=c', '/a?…'],
    ['https://user:password@example.com', '/'],
    ['', '/'],
    ['?', '/?…'],
  ] as const)
    it(`${url || 'nothing'} → ${path}`, () => expect(loggablePath(url)).to.equal(path));

  it('bounds the length', () => expect(loggablePath(`/${'a'.repeat(9_000)}`)).to.have.length(1_000));
});

function recording(level: string) {
  const written: string[] = [];
  const lines: { [name: string]: unknown }[] = [];
  const write = (line: string) => {
    written.push(line);
    lines.push(JSON.parse(line));
  };
  return { logger: createLogger(level, { write }), lines, raw: () => written.join('') };
}

function failing(): never {
  throw new Error('cannot be read');
}
