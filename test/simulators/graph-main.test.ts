import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createDirectories } from '../../connectors/open.ts';

const MAIN = fileURLToPath(new URL('./graph/main.ts', import.meta.url));

describe('the simulated Microsoft 365 as a program', () => {
  it('says where it is, lets Rollcall connect with what it shows, and stops when told', async () => {
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const program = spawn(process.execPath, [MAIN, '--people', '25', '--seed', '9'], { stdio: [...stdio] });
    const ended = once(program, 'exit');
    try {
      let said = '';
      for await (const chunk of program.stdout) {
        said += chunk;
        if (said.includes('Ctrl-C')) break;
      }
      await connect(said);
    } finally {
      program.kill('SIGTERM');
    }
    expect((await ended)[0]).to.equal(0);
  });
});

async function connect(said: string): Promise<void> {
  const shown = (what: string) => new RegExp(`${what}: +(\\S+)`).exec(said)?.[1] ?? '';
  const origin = shown('MICROSOFT_GRAPH_URL');
  const options = { googleBaseUrl: null, microsoftLoginUrl: origin, microsoftGraphUrl: origin };
  const directories = createDirectories({ ...options, clock: { now: Date.now }, random: Math.random });
  const proof = { clientSecret: shown('client secret'), certificate: null };
  const credentials = { tenantId: shown('tenant id'), clientId: shown('application id'), ...proof };
  const people = { includeGuests: true, onlyLicensed: false, useInitialDomain: false };
  expect((await directories.openMicrosoft('one', credentials, people).readPage(null)).people).to.have.length(25);
}
