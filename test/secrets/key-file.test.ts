import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { isAppError } from '../../src/core/errors.ts';
import { loadOrCreateKey, loadOrCreateOperatorKey } from '../../src/secrets/key-file.ts';

describe('key files', () => {
  let parent = '';
  let dataDir = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'rollcall-keys-'));
    dataDir = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const load = (options: { configured?: Buffer; hasSealed?: boolean } = {}) =>
    loadOrCreateKey({ configured: options.configured ?? null, dataDir, hasSealed: options.hasSealed ?? false });
  const loadOperator = (configured: string | null = null) => loadOrCreateOperatorKey({ configured, dataDir });
  const pathOf = (name: string) => join(dataDir, name);
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it('take the configured key and touch no file', () => {
    const configured = randomBytes(32);
    expect(load({ configured, hasSealed: true })).to.deep.equal({
      key: configured,
      path: null,
      created: false,
      warning: null,
    });
    expect(loadOperator('abcdefghijklmnop').key).to.equal('abcdefghijklmnop');
    expect(readdirSync(parent)).to.deep.equal([]);
  });

  it('are made once, for the owner only, with a warning that shows where but not what', () => {
    const made = load();
    expect(made.key).to.have.length(32);
    expect(made).to.include({ path: pathOf('secret-key'), created: true });
    expect(made.warning).to.include(pathOf('secret-key')).and.not.include(made.key.toString('base64'));
    expect(modeOf(pathOf('secret-key'))).to.equal(0o600);
    expect(modeOf(dataDir)).to.equal(0o700);
    expect(load({ hasSealed: true })).to.deep.equal({ ...made, created: false, warning: null });
  });

  it('of the operator are made once, long enough and for the owner only', () => {
    const made = loadOperator();
    expect(made.key).to.match(/^[\w-]{43}$/);
    expect(made.created).to.equal(true);
    expect(made.warning).to.include(pathOf('operator-key')).and.not.include(made.key);
    expect(modeOf(pathOf('operator-key'))).to.equal(0o600);
    expect(loadOperator()).to.deep.equal({ ...made, created: false, warning: null });
  });

  it('have mode 0600 whatever the umask', () => {
    const before = process.umask(0o277);
    try {
      loadOperator();
    } finally {
      process.umask(before);
    }
    expect(modeOf(pathOf('operator-key'))).to.equal(0o600);
  });

  it('leave nothing but themselves behind', () => {
    load();
    loadOperator();
    expect(readdirSync(dataDir).sort()).to.deep.equal(['operator-key', 'secret-key']);
  });

  it('are never made anew while something is sealed', () => {
    const error = refusalOf(() => load({ hasSealed: true }));
    expect(error)
      .to.match(/key is missing/)
      .and.include(pathOf('secret-key'))
      .and.include('ROLLCALL_SECRET_KEY');
    expect(readdirSync(parent)).to.deep.equal([]);
  });

  it('that hold no key are an error and stay as they are', () => {
    load();
    loadOperator();
    for (const text of ['', 'short', randomBytes(31).toString('base64')]) {
      writeFileSync(pathOf('secret-key'), text);
      expect(refusalOf(() => load())).to.include('does not hold a secret key');
      expect(readFileSync(pathOf('secret-key'), 'utf8')).to.equal(text);
    }
    writeFileSync(pathOf('operator-key'), 'two words');
    expect(refusalOf(() => loadOperator())).to.include('does not hold an operator key');
  });

  it('that others may read are used with a warning', () => {
    load();
    chmodSync(pathOf('secret-key'), 0o640);
    expect(load().warning).to.include('chmod 600');
  });

  it('agree among processes that make them at the same moment', async () => {
    const start = Date.now() + 1_000;
    const processes = Array.from({ length: RACERS }, () => keysFromAnotherProcess(parent, start));
    const [first, ...others] = await Promise.all(processes);
    expect(first?.split(' ')).to.have.length(ROUNDS);
    expect(new Set(first?.split(' ')).size).to.equal(ROUNDS);
    for (const other of others) expect(other).to.equal(first);
    for (const folder of readdirSync(parent)) expect(readdirSync(join(parent, folder))).to.deep.equal(['secret-key']);
  });
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isAppError(error, 'not_configured')) return error.message;
    throw error;
  }
  throw new Error('expected a refusal');
}

const RACERS = 3;
const ROUNDS = 50;
const ROUND_MS = 20;

/** One key a round, each in a folder of its own, asked for by all processes at the same millisecond. */
async function keysFromAnotherProcess(parent: string, start: number): Promise<string> {
  const module = new URL('../../src/secrets/key-file.ts', import.meta.url).href;
  const script = `
    const { loadOrCreateKey } = await import(${JSON.stringify(module)});
    const keys = [];
    for (let round = 0; round < ${ROUNDS}; round += 1) {
      const wait = ${start} + round * ${ROUND_MS} - Date.now();
      if (wait > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
      const dataDir = ${JSON.stringify(parent)} + '/' + round;
      keys.push(loadOrCreateKey({ configured: null, dataDir, hasSealed: false }).key.toString('base64'));
    }
    process.stdout.write(keys.join(' '));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}
