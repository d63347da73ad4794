import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parseServiceAccount } from '../../connectors/google/service-account.ts';
import { createDirectories } from '../../connectors/open.ts';

const MAIN = fileURLToPath(new URL('./google/main.ts', import.meta.url));

describe('the simulator as a program', () => {
  it('says where it is, lets Rollcall connect with the key it wrote, and stops when told', async () => {
    const program = spawn(process.execPath, [MAIN, '--people', '25', '--seed', '9'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(program, 'exit');
    try {
      await connect(await firstWords(program.stdout));
    } finally {
      program.kill('SIGTERM');
    }
    expect((await ended)[0]).to.equal(0);
  });
});

async function firstWords(stdout: AsyncIterable<Buffer>): Promise<string> {
  let said = '';
  for await (const chunk of stdout) {
    said += chunk;
    if (said.includes('Ctrl-C')) break;
  }
  return said;
}

async function connect(said: string): Promise<void> {
  const [, origin = ''] = /running at (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
  const [, keyFile = ''] = /service account key: +(\S+)/.exec(said) ?? [];
  const [, subject = ''] = /administrator to act as: +(\S+)/.exec(said) ?? [];
  const credentials = { ...parseServiceAccount(JSON.parse(readFileSync(keyFile, 'utf8'))), subject };
  const options = { googleBaseUrl: origin, clock: { now: Date.now }, random: Math.random };
  const page = await createDirectories(options).openGoogle('one', credentials).readPage(null);
  expect(page.people).to.have.length(25);
}
