import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const file = fileURLToPath(new URL('../../src/require-node.cjs', import.meta.url));

describe('the check for the version of Node', () => {
  for (const old of ['6.17.1', '9.11.2', '20.19.0', '23.11.1'])
    it(`refuses ${old} in one sentence`, () => {
      const { status, stderr, stdout } = runUnder(old);
      expect(stderr).to.equal(`Rollcall needs Node.js 24 or newer; this is ${old}.\n`);
      expect(stdout).to.equal('');
      expect(status).to.equal(1);
    });

  for (const version of ['24.0.0', '26.1.0', process.versions.node])
    it(`lets ${version} pass`, () => {
      const { status, stderr, stdout } = runUnder(version);
      expect([status, stderr, stdout]).to.deep.equal([0, '', 'started']);
    });

  it('goes on under the Node that was installed beside an old one, with its exit code', () => {
    const script = `
      Object.defineProperty(process.versions, 'node', { value: '20.19.0' });
      Object.defineProperty(process, 'execPath', { value: '/usr/bin/node' });
      process.execArgv = ['-e', 'process.stdout.write(process.version); process.exit(7)'];
      require(${JSON.stringify(file)});
    `;
    const { status, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 });
    expect([status, stdout]).to.deep.equal([7, process.version]);
  });

  it('comes before anything else in every script that runs the product', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    for (const name of ['start', 'test', 'demo'] as const)
      expect(manifest.scripts[name], name).to.match(/^node (--\S+ )*-r \.\/src\/require-node\.cjs /);
  });
});

function runUnder(version: string) {
  const script = `
    Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} });
    require(${JSON.stringify(file)});
    process.stdout.write('started');
  `;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 });
}
