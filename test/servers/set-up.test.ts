import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { until } from '../support/rollcall.ts';
import { runRecipe } from './set-up.ts';

const REAL = fileURLToPath(new URL('set-up-redis.sh', import.meta.url));
const SLOW_APT = '#!/bin/sh\necho fetching\nsleep 60\n';

describe('the set-up of a test server', function () {
  this.timeout(30_000);
  let folder = '';
  let target = '';
  const inFolder = () => readdirSync(folder);
  const recipe = (text: string) => {
    const path = join(folder, 'recipe.sh');
    writeFileSync(path, `set -eu\n${text}`);
    return path;
  };
  /** The real recipe where nothing can be fetched. */
  const withoutNetwork = () => {
    writeFileSync(join(folder, 'apt-get'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
    return recipe(`PATH="${folder}:$PATH" SECONDS=60 exec timeout 5 bash "${REAL}" "$1"`);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-set-up-'));
    target = join(folder, 'redis');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs once at a time', async () => {
    const once = recipe('[ ! -e "$1" ] || exit 0; echo made >>"$1.count"; sleep 0.3; mkdir "$1"');
    expect(await Promise.all([runRecipe(once, target), runRecipe(once, target)])).to.deep.equal([0, 0]);
    expect(readFileSync(`${target}.count`, 'utf8')).to.equal('made\n');
  });

  it('reports a failure and keeps what was said', async () => {
    expect(await runRecipe(recipe('echo no network; exit 3'), target)).to.equal(3);
    expect(readFileSync(`${target}.log`, 'utf8')).to.include('no network');
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    it(`leaves nothing that could be taken for a server when the tests end by ${signal}`, async () => {
      writeFileSync(join(folder, 'apt-get'), SLOW_APT, { mode: 0o755 });
      const script = `import { runRecipe } from '${new URL('set-up.ts', import.meta.url).href}';
        await runRecipe('${REAL}', '${target}');`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
        stdio: 'ignore',
      });
      const said = () => (existsSync(`${target}.log`) ? readFileSync(`${target}.log`, 'utf8') : '');
      await until('the set-up is under way', async () => said().includes('fetching'));
      expect(inFolder().some((name) => name.includes('.partial-'))).to.equal(true);
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      expect(existsSync(target)).to.equal(false);
      // What a shell could not clear away in its last moment, the next set-up does before anything else.
      expect(await runRecipe(withoutNetwork(), target)).not.to.equal(0);
      expect(inFolder().filter((name) => name.includes('.partial-'))).to.deep.equal([]);
      expect(existsSync(target)).to.equal(false);
    });

  it('sweeps away what a power cut has left', async () => {
    const left = `${target}.partial-abcdef`;
    writeFileSync(left, '');
    expect(await runRecipe(withoutNetwork(), target)).not.to.equal(0);
    expect(existsSync(left)).to.equal(false);
    expect(existsSync(target)).to.equal(false);
  });
});
