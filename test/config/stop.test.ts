import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';

describe('The end of the process', function () {
  this.timeout(20_000);
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rollcall-stop-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('comes in order on SIGTERM, with exit code 0', async () => {
    const rollcall = await spawnRollcall({ ROLLCALL_DATA_DIR: dataDir });
    expect(await rollcall.end('SIGTERM')).to.equal(0);
  });

  it('comes when the npm that started it has ended, so that the data directory is free again', async () => {
    const env = { PATH: process.env.PATH, ROLLCALL_DATA_DIR: dataDir, ROLLCALL_OPERATOR_KEY: OPERATOR_KEY, PORT: '0' };
    const launcher = spawn(process.execPath, ['-e', LAUNCH], {
      env: { ...env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => launcher.stdout.once('data', resolve));
    launcher.kill('SIGKILL');
    const next = await startAgain(dataDir);
    expect(await next.end('SIGTERM')).to.equal(0);
  });
});

/** Starts Rollcall as npm does, and says when it has begun to log. */
const LAUNCH = `
  const child = require('node:child_process').spawn(process.execPath, ['src/main.ts'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.on('data', (line) => String(line).includes('listening') && process.stdout.write('up'));
`;

async function startAgain(dataDir: string) {
  for (let tries = 0; ; tries++)
    try {
      return await spawnRollcall({ ROLLCALL_DATA_DIR: dataDir });
    } catch (error) {
      if (tries === 10) throw error;
    }
}
