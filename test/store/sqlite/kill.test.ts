import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openStores } from '../../../src/store/open.ts';
import { aClock } from '../../fixtures/clock.ts';
import { ORGANIZATION } from '../../fixtures/users.ts';

const WRITER = new URL('./write-until-killed.ts', import.meta.url).pathname;
const ROUNDS = 25;

describe('a process killed while it writes', () => {
  const directories: string[] = [];
  after(() => {
    for (const directory of directories) rmSync(directory, { recursive: true });
  });

  it('loses nothing it acknowledged and leaves a sound database, fifty times', async () => {
    const killed = await Promise.all(['a', 'b'].map((lane) => killAgainAndAgain(lane)));
    for (const { acknowledged } of killed) expect(acknowledged.size).to.be.above(ROUNDS * 5);
  }).timeout(120_000);

  async function killAgainAndAgain(lane: string) {
    const directory = mkdtempSync(join(tmpdir(), 'rollcall-kill-'));
    directories.push(directory);
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const written = await writeAndKill(directory, `${lane}${round}`, round * 3);
      expect(written.size, `round ${round}`).to.be.above(0);
      for (const [id, version] of written) acknowledged.set(id, version);
      await checkStores(directory, written, acknowledged.size);
      checkFile(directory);
    }
    return { acknowledged };
  }
});

/** What the writer acknowledged before it was killed: id → version. */
async function writeAndKill(directory: string, round: string, ms: number): Promise<ReadonlyMap<string, number>> {
  const writer = spawn(process.execPath, [WRITER, directory, round], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(writer, 'close');
  let output = '';
  const begun = once(writer.stdout, 'data');
  writer.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await Promise.race([begun, gone]);
  await sleep(ms);
  writer.kill('SIGKILL');
  await gone;
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n');
  return new Map(lines.map((line) => line.split(' ')).map(([id = '', version]) => [id, Number(version)]));
}

async function checkStores(directory: string, written: ReadonlyMap<string, number>, known: number): Promise<void> {
  const stores = openStores({ dataDir: directory, clock: aClock() });
  const found = await stores.users.getMany(ORGANIZATION, [...written.keys()]);
  const versions = new Map(found.map(({ id, version }) => [id, version]));
  const lost = [...written].filter(([id, version]) => (versions.get(id) ?? 0) < version);
  expect(lost).to.deep.equal([]);
  const total = await stores.users.count(ORGANIZATION, null);
  expect(total).to.equal(await stores.users.count(ORGANIZATION, { and: [] }));
  expect(total).to.be.at.least(known);
  await stores.close();
}

function checkFile(directory: string): void {
  const file = new DatabaseSync(join(directory, 'rollcall.db'));
  expect(file.prepare('PRAGMA integrity_check').all()).to.deep.equal([
    Object.assign(Object.create(null), { integrity_check: 'ok' }),
  ]);
  file.close();
}
