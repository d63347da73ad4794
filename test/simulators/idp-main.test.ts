import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PLAYERS } from './idp/players.ts';

const MAIN = fileURLToPath(new URL('./idp/main.ts', import.meta.url));
const TIMEOUT_MS = 30_000;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('npm run play', function () {
  this.timeout(TIMEOUT_MS);

  const run = (...words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...words], { timeout: TIMEOUT_MS }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });

  it('plays everybody against a Rollcall of its own, and says so step by step', async () => {
    const { code, stdout, stderr } = await run('--all');
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    for (const { provider, name } of PLAYERS) expect(stdout).to.include(`\n${provider} (${name})\n  ✓ `);
    expect(stdout).to.include(`All ${PLAYERS.length} providers would have shown no error.`);
  });

  it('plays a family by its name', async () => {
    const { code, stdout } = await run('okta');
    expect(code).to.equal(0);
    expect(stdout).to.include('(okta-oin)').and.to.include('(okta-wizard)').and.not.to.include('(onelogin)');
  });

  it('ends with 1 and names provider, step and request when an installation does not answer', async () => {
    const { code, stderr } = await run('okta-oin', '--url', 'http://127.0.0.1:9/scim/v2/one', '--token', 'x');
    expect(code).to.equal(1);
    expect(stderr).to.match(/Okta \(catalogue app\), step “test the connector”: GET \/Users\S+ was not answered/);
  });

  for (const [words, complaint] of [
    [[], 'name a player, or say --all'],
    [['--all', 'okta-oin'], 'not both'],
    [['oktaa'], 'there is no player “oktaa”'],
    [['--all', '--url', 'rollcall.example', '--token', 'x'], '--url must be an address'],
    [['--all', '--url', 'https://rollcall.example/scim/v2/1'], '--url needs a --token'],
    [['--al'], "'--al'"],
  ] as const)
    it(`ends with 2 and explains itself for ${JSON.stringify(words)}`, async () => {
      const { code, stderr } = await run(...words);
      expect(code).to.equal(2);
      expect(stderr.split('\n')[0]).to.include(complaint);
      expect(stderr).to.include('npm run play -- okta-oin --url <base> --token <token>');
    });

  it('explains itself when asked', async () => {
    const { code, stdout } = await run('--help');
    expect(code).to.equal(0);
    for (const { name } of PLAYERS) expect(stdout).to.include(name);
  });
});
