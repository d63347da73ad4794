import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('..', import.meta.url));
const MODULE = new URL('./support/side-by-side.ts', import.meta.url).href;
const PASS = `it('passes', () => {});`;
const FAIL = `it('fails', () => { throw new Error('not that many'); });`;

/** Batches, by the sources of their files, and how they end together. */
const EXAMPLES = [
  { when: 'all pass', batches: [[PASS, PASS], [PASS]], last: '3 passed, 0 failed, 0 skipped', status: 0 },
  { when: 'one of many fails', batches: [[PASS], [FAIL], [PASS]], last: '2 passed, 1 failed, 0 skipped', status: 1 },
  {
    when: 'one dies',
    batches: [[`it('dies', () => process.kill(process.pid, 'SIGKILL'));`], [PASS]],
    last: '1 passed, 1 failed, 0 skipped',
    status: 1,
  },
  { when: 'a file is none', batches: [['this is no test'], [PASS]], last: '1 passed, 1 failed, 0 skipped', status: 1 },
  { when: 'there is none', batches: [], last: '0 passed, 1 failed, 0 skipped', status: 1 },
];

describe('batches of tests side by side', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-batches-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const { when, batches, last, status } of EXAMPLES)
    it(`end with their counts together when ${when}`, async () => {
      const written = batches.map((sources, index) => ({
        name: `batch ${index}`,
        files: sources.map((source, at) => {
          const file = join(folder, `${index}-${at}.test.ts`);
          writeFileSync(file, source);
          return file;
        }),
      }));
      const run = await playAll(written);
      expect(run.output.split('\n').slice(-2), run.output).to.deep.equal([last, '']);
      expect(run.status).to.equal(status);
    });
});

async function playAll(batches: readonly object[]) {
  const script = `import { playSideBySide } from ${JSON.stringify(MODULE)}; await playSideBySide(${JSON.stringify(batches)}, 10_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root, timeout: 60_000 });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { output, status };
}
