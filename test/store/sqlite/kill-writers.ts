import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { aClock } from '../../fixtures/clock.ts';
import { ORGANIZATION } from '../../fixtures/users.ts';

const WRITER = new URL('./write-until-killed.ts', import.meta.url).pathname;
/** Kills that one database goes through. */
const ROUNDS = 25;

/**
 * Lets processes write until they are killed, two at a time, each series of 25 on a database of its own, and checks after every
 * kill: the database is sound, and nothing that was acknowledged is lost. Returns how many writes were acknowledged.
 */
export async function killWriters(kills: number): Promise<number> {
  const series = Array.from({ length: kills / ROUNDS }, (_, index) => index);
  let acknowledged = 0;
  const lane = async () => {
    for (let next = series.shift(); next !== undefined; next = series.shift())
      acknowledged += await killAgainAndAgain(`s${next}-`);
  };
  await Promise.all([lane(), lane()]);
  return acknowledged;
}

async function killAgainAndAgain(name: string): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-kill-'));
  try {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const written = await writeAndKill(directory, `${name}${round}`, round * 3);
      expect(written.size, `round ${round}`).to.be.above(0);
      for (const [id, version] of written) acknowledged.set(id, version);
      await checkStores(directory, acknowledged);
      checkFile(directory);
    }
    return acknowledged.size;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

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
  const lines = output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
  return new Map(lines.map((line) => line.split(' ')).map(([id = '', version]) => [id, Number(version)]));
}

async function checkStores(directory: string, written: ReadonlyMap<string, number>): Promise<void> {
  const stores = openEmbeddedStores({ dataDir: directory, clock: aClock() });
  const found = await stores.users.getMany(ORGANIZATION, [...written.keys()]);
  const versions = new Map(found.map(({ id, version }) => [id, version]));
  const lost = [...written].filter(([id, version]) => (versions.get(id) ?? 0) < version);
  expect(lost).to.deep.equal([]);
  const total = await stores.users.count(ORGANIZATION, null);
  expect(total).to.equal(await stores.users.count(ORGANIZATION, { and: [] }));
  expect(total).to.be.at.least(written.size);
  await stores.close();
}

function checkFile(directory: string): void {
  const file = new DatabaseSync(join(directory, 'rollcall.db'));
  expect(file.prepare('PRAGMA integrity_check').all()).to.deep.equal([
    Object.assign(Object.create(null), { integrity_check: 'ok' }),
  ]);
  file.close();
}
