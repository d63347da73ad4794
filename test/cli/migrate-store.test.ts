import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ARCHIVE_KINDS } from '../../src/ports/archive.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { openEmbeddedStores } from '../../src/store/open.ts';
import { everythingReadable } from '../contracts/everything-readable.ts';
import { aClock } from '../fixtures/clock.ts';
import { anEvent } from '../fixtures/events.ts';
import { anOrganization } from '../fixtures/organizations.ts';
import { fillRichly } from '../fixtures/rich-store.ts';
import { aUser } from '../fixtures/users.ts';
import { startRollcall } from '../support/rollcall.ts';
import { type CommandEnd, runRollcall } from './run-rollcall.ts';

const KILLS = 10;
const MANY = 5_000;

describe('rollcall migrate-store', function () {
  this.timeout(120_000);
  let directory = '';
  const folder = (name: string) => join(directory, name);
  const migrate = (to: string, options = {}) =>
    runRollcall(['migrate-store', '--from', folder('source'), '--to', folder(to)], options);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rollcall-move-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function within<T>(name: string, work: (stores: Stores) => Promise<T>): Promise<T> {
    const stores = openEmbeddedStores({ dataDir: folder(name), clock: aClock() });
    try {
      return await work(stores);
    } finally {
      await stores.close();
    }
  }

  it('moves everything, says what it moved and what to do next', async () => {
    let people = 0;
    const before = await within('source', async (stores) => {
      await fillRichly(stores);
      people = await stores.archive.shelf('people').count();
      return everythingReadable(stores);
    });
    const end = await migrate('target');
    const { code, said, complained } = end;
    expect({ code, complained }).to.deep.equal({ code: 0, complained: '' });
    expect(reportIn(end).trimEnd().split('\n')).to.have.length(ARCHIVE_KINDS.length);
    expect(reportIn(end)).to.match(new RegExp(`^ {2}people +${people} `, 'm'));
    expect(said).to.match(/ROLLCALL_DATA_DIR to .*target;.*secret-key.*operator-key/s);
    expect(await within('target', everythingReadable)).to.deep.equal(before);
    const again = await migrate('target');
    expect(again.code).to.equal(0);
    expect(again.said).to.match(/^This move was finished at 20.*; nothing was done now\.$/m);
  });

  it(`goes on and ends the same, killed ${KILLS} times`, async () => {
    await within('source', (stores) => fillRichly(stores, 1_000));
    const undisturbed = reportIn(await migrate('undisturbed'));
    let kills = 0;
    for (let round = 0; kills < KILLS; round++) {
      const target = `target-${round}`;
      for (let ended = false; !ended; ) {
        const end = await migrate(target, kills < KILLS ? { killAfterMs: Math.random() * 100 } : {});
        expect(end.complained).to.equal('');
        ended = end.said.includes('hold the same');
        if (ended) expect(reportIn(end)).to.equal(undisturbed);
        else kills += 1;
      }
    }
    expect(await within('target-0', everythingReadable)).to.deep.equal(await within('undisturbed', everythingReadable));
  });

  it('refuses a source that is in use, and makes no target', async () => {
    await within('source', async () => {
      const { code, complained } = await migrate('target');
      expect(code).to.equal(1);
      expect(complained).to.match(/^the data directory .*source is in use by another Rollcall process\n$/);
      expect(readdirSync(directory)).to.deep.equal(['source']);
    });
  });

  it('leaves a target that Rollcall does not start on before it is complete', async () => {
    const move = { source: 'elsewhere', startedAt: '', finishedAt: null, done: [], cursor: null };
    await within('target', ({ archive }) => archive.setMove(move));
    const started = startRollcall({ env: { ROLLCALL_DATA_DIR: folder('target') } });
    const refusal = await started.then(
      ({ stop }) => stop().then(() => 'it started'),
      (error: unknown) => String(error),
    );
    expect(refusal).to.match(/this store is the unfinished copy of elsewhere: run the same .* again to finish it/);
  });

  it('refuses a target that is not empty, and writes nothing to it', async () => {
    await within('source', (stores) => fillRichly(stores, 5));
    await within('target', ({ organizations }) => organizations.insert(anOrganization()));
    const { code, complained } = await migrate('target');
    expect(code).to.equal(1);
    expect(complained).to.equal('the target is not empty: it holds organizations; nothing was changed\n');
    await within('target', async (stores) => {
      expect(await stores.archive.move()).to.equal(null);
      expect(await stores.archive.shelf('people').count()).to.equal(0);
    });
  });

  it(`moves ${MANY} large people in the memory of a few`, async () => {
    const title = 'x'.repeat(10_000);
    await within('source', async ({ organizations, users }) => {
      await organizations.insert(anOrganization());
      for (let first = 0; first < MANY; first += 500) {
        const people = Array.from({ length: 500 }, () => aUser({ attributes: { title } }));
        await users.saveMany(people.map((user) => ({ user, events: [anEvent(user, 1)] })));
      }
    });
    const start = performance.now();
    const { code, said, complained } = await migrate('target', { node: ['--max-old-space-size=32'] });
    const seconds = (performance.now() - start) / 1_000;
    expect(complained).to.equal('');
    expect(code).to.equal(0);
    expect(said).to.match(new RegExp(`people +${MANY} `));
    process.stdout.write(`${MANY} people of 10 kB moved and compared in ${seconds.toFixed(1)} s\n`);
  });
});

/** The counts and digests a move ends with. */
function reportIn({ said }: CommandEnd): string {
  return /^Source and target hold the same:\n((?: {2}\w+ +\d+ {2}[0-9a-f]{16}\n)+)/m.exec(said)?.[1] ?? 'none';
}
