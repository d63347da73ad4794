import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const SUITES = `
  import * as on from '${new URL('describe-on.ts', import.meta.url).href}';
  on.describeOnMongo('a', () => it('one', () => {}));
  on.describeOnRedis('b', () => describe('inside', () => { it('two', () => {}); it('three', () => {}); }));
  on.describeScaled('c', (mongo) => { before(() => mongo.freshUrl()); it('four', () => {}); });
  on.describeOnOwnServers('d', () => it('five', () => {}));
`;

describe('a suite whose server is not here', function () {
  this.timeout(20_000);
  let folder = '';
  const run = (env: NodeJS.ProcessEnv) =>
    new Promise<string>((resolve) => {
      const nothing = { PATH: folder, XDG_CACHE_HOME: folder, ROLLCALL_TEST_SERVERS: 'off' };
      const words = ['node_modules/mocha/bin/mocha.js', join(folder, 'example.test.ts')];
      execFile(process.execPath, words, { env: { ...nothing, ...env } }, (_error, stdout) => resolve(stdout));
    });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-describe-on-'));
    writeFileSync(join(folder, 'example.test.ts'), SUITES);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is skipped and counted, with what to do', async () => {
    const said = await run({});
    expect(said).to.match(/\n0 passed, 0 failed, 5 skipped\n$/);
    expect(said).to.match(/ 3 skipped because there is no MongoDB: docker run .*"off"/);
    expect(said).to.match(/ 2 skipped because there is no Redis: docker run .*"off"/);
  });

  it('is a failure in CI', async () => {
    const said = await run({ CI: '1' });
    expect(said).to.match(/\n0 passed, 4 failed, 0 skipped\n$/);
    expect(said).to.match(/there is no Redis: docker run/);
  });
});
