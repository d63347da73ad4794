import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('..', import.meta.url));
const PASS = `it('passes', () => {});`;

interface Example {
  readonly when: string;
  readonly source: string;
  readonly options?: readonly string[];
  readonly last: string;
  readonly status: number;
  readonly says?: RegExp;
}

const EXAMPLES: readonly Example[] = [
  { when: 'all pass', source: `${PASS} ${PASS}`, last: '2 passed, 0 failed, 0 skipped', status: 0, says: /^\.\.$/m },
  {
    when: 'one fails',
    source: `${PASS} it('adds', () => { throw new Error('not that many'); });`,
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
    says: /1\) adds[\s\S]*not that many[\s\S]*example\.test\.ts/,
  },
  {
    when: 'a hook fails',
    source: `describe('s', () => { before(() => { throw new Error('no store'); }); ${PASS} });`,
    last: '0 passed, 1 failed, 0 skipped',
    status: 1,
    says: /"before all" hook[\s\S]*no store/,
  },
  {
    when: 'some are skipped for a reason',
    source: `${PASS} describe.skip('far store, skipped because FAR_URL is not set', () => { ${PASS} it('adds', () => {}); });`,
    last: '1 passed, 0 failed, 2 skipped',
    status: 0,
    says: /2 skipped because FAR_URL is not set$/m,
  },
  {
    when: 'a hook skips a suite, nested ones too, for a reason it has found out',
    source: `${PASS} describe('s', () => {
      before(function () { this.test.parent.title += ', skipped because it is far'; this.skip(); });
      ${PASS} describe('inner', () => { it('adds', () => {}); });
    });`,
    last: '1 passed, 0 failed, 2 skipped',
    status: 0,
    says: /2 skipped because it is far$/m,
  },
  {
    when: 'one is skipped without a reason',
    source: `${PASS} it.skip('later', () => {});`,
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
    says: /must say "skipped because/,
  },
  { when: 'there is no test', source: '', last: '0 passed, 1 failed, 0 skipped', status: 1, says: /there is no test/ },
  {
    when: 'a test ends the process',
    source: `${PASS} it('exits', () => process.exit(0)); ${PASS}`,
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
    says: /ended before its last test/,
  },
  {
    when: 'a test leaves a server open',
    source: `import { createServer } from 'node:http'; it('leaks', (done) => { createServer().listen(0, '127.0.0.1', done); });`,
    options: ['--reporter-option', 'graceMs=300'],
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
    says: /left something open: TCPServerWrap/i,
  },
  {
    when: 'one is rejected behind the back of its test',
    source: `it('forgets', (done) => { Promise.reject(new Error('lost')); setTimeout(done, 50); });`,
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
    says: /behind the back of forgets[\s\S]*lost/,
  },
  {
    when: 'one is rejected after the last test',
    source: `it('forgets', () => { setTimeout(() => Promise.reject(new Error('late')), 100); });`,
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
    says: /Error: late/,
  },
];

describe('the reporter of the test run', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-reporter-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const { when, source, options = [], last, status, says = /./ } of EXAMPLES)
    it(`ends with the counts when ${when}`, async () => {
      const run = await mocha(folder, source, options);
      expect(run.output.split('\n').slice(-2)).to.deep.equal([last, '']);
      expect(run.status).to.equal(status);
      expect(run.output).to.match(says);
    });

  it('is not reached by .only in a full run', async () => {
    const run = await mocha(folder, `it.only('alone', () => {}); ${PASS}`, ['--forbid-only']);
    expect(run.status).to.be.greaterThan(0);
    expect(run.output).not.to.match(/^\d+ passed, 0 failed/m);
  });
});

async function mocha(folder: string, source: string, options: readonly string[]) {
  const file = join(folder, 'example.test.ts');
  writeFileSync(file, source);
  const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...options, file], {
    cwd: root,
    timeout: 20_000,
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { output, status };
}
