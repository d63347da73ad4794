import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { execForm, imageEnvironment, instructionsOf, ROOT, textOf } from './files.ts';
import { layOutImage } from './image-folder.ts';

const INSTRUCTIONS = instructionsOf(textOf('deploy/Dockerfile'));
/** Inside of the project, as files can be linked within one file system only. */
const CACHE = join(ROOT, '.cache');

describe('What deploy/Dockerfile puts together', function () {
  this.timeout(60_000);
  let folder: string;
  let image: string;
  before(() => {
    mkdirSync(CACHE, { recursive: true });
    folder = mkdtempSync(join(CACHE, 'image-'));
    image = join(folder, 'rollcall');
    layOutImage(INSTRUCTIONS, image);
    for (const name of ['data', 'tmp']) mkdirSync(join(folder, name));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const env = () => ({
    ...imageEnvironment(INSTRUCTIONS),
    HOST: '127.0.0.1',
    PORT: '0',
    ROLLCALL_DATA_DIR: join(folder, 'data'),
    HOME: join(folder, 'tmp'),
    TMPDIR: join(folder, 'tmp'),
  });

  it('has no package for development and no other Node in it', () => {
    const packages = globSync('node_modules/*', { cwd: image });
    expect(packages).to.include.members(['node_modules/express', 'node_modules/mongoose', 'node_modules/bullmq']);
    expect(packages.filter((path) => /typescript|mocha|node-linux|msgpackr-extract/.test(path))).to.deep.equal([]);
  });

  it('starts by the very command, is found healthy, stops on SIGTERM with 0, and writes into its data folder only', async () => {
    const before = snapshot(image);
    const rollcall = await start(image, env());
    try {
      const { port } = new URL(rollcall.url);
      expect((await fetch(`${rollcall.url}/health/ready`)).status).to.equal(200);
      expect(check({ PORT: port })).to.equal(0);
      expect(check({ PORT: '1', ROLLCALL_ROLE: 'worker', ROLLCALL_WORKER_PORT: port })).to.equal(0);
      expect(check({ PORT: '1', ROLLCALL_WORKER_PORT: port })).to.equal(1);
    } finally {
      expect(await rollcall.end('SIGTERM')).to.equal(0);
    }
    expect(snapshot(image)).to.deep.equal(before);
    expect(snapshot(join(folder, 'tmp'))).to.deep.equal([]);
    expect(globSync('*', { cwd: join(folder, 'data') })).to.include('rollcall.db');
  });

  it('has everything that the other store and queue load, and the rollcall command', () => {
    const load = `await Promise.all(['./src/store/mongo/database.ts', './src/queue/bullmq.ts'].map((path) => import(path)))`;
    expect(run(['--input-type=module', '-e', load])).to.include({ status: 0, stderr: '' });
    const help = run(['src/cli/main.ts', 'migrate-store', '--help']);
    expect(help).to.include({ status: 0, stderr: '' });
    expect(help.stdout).to.include('--from');
  });

  const run = (words: readonly string[]) =>
    spawnSync(process.execPath, words, { cwd: image, env: env(), encoding: 'utf8', timeout: 30_000 });
});

/** Runs what the image runs; its `node` is the one the tests run on. */
function start(cwd: string, env: { readonly [name: string]: string }): Promise<RollcallProcess> {
  const [node, ...words] = execForm(INSTRUCTIONS, 'CMD');
  expect(node).to.equal('node');
  return spawnRollcall(env, { cwd, nodeArguments: words.slice(0, -1), entry: words.at(-1) ?? '' });
}

/** The exit code of the image's health check. */
function check(env: { readonly [name: string]: string }): number | null {
  const [command, node, ...words] = ['', ...execForm(INSTRUCTIONS, 'HEALTHCHECK')];
  expect([command, node]).to.deep.equal(['', 'node']);
  return spawnSync(process.execPath, words, { env, timeout: 10_000 }).status;
}

/** Every file and folder, with when it was changed. */
function snapshot(folder: string): readonly string[] {
  const paths = globSync('**', { cwd: folder })
    .filter((path) => path !== '.' && path !== '')
    .sort();
  return paths.map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`);
}
