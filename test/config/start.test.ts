import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('starting with wrong settings', () => {
  it('prints one message that names every mistake and no secret, and exits with 1', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['src/main.ts'], {
      cwd: root,
      encoding: 'utf8',
      timeout: 20_000,
      env: {
        PATH: process.env.PATH,
        PORT: 'http',
        LOG_LEVEL: 'loud',
        GOOGLE_BASE_URL: 'nowhere',
        ROLLCALL_OPERATOR_KEY: 'canary',
        ROLLCALL_SECRET_KEY: 'canary',
      },
    });
    const [heading, ...lines] = stderr.trimEnd().split('\n');
    expect(heading).to.equal('Cannot start:');
    expect(lines.map((line) => line.trim().split(' ')[0])).to.deep.equal([
      'PORT',
      'ROLLCALL_OPERATOR_KEY',
      'ROLLCALL_SECRET_KEY',
      'GOOGLE_BASE_URL',
      'LOG_LEVEL',
    ]);
    expect(stderr + stdout).not.to.include('canary');
    expect(status).to.equal(1);
  });
});
