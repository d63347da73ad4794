/** A process that opens a data directory, says so, and holds it until it is killed or left alone. */
import { writeSync } from 'node:fs';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { aRun } from '../../fixtures/runs.ts';
import { ORGANIZATION } from '../../fixtures/users.ts';

const [, , dataDir = ''] = process.argv;
const { runs } = openEmbeddedStores({ dataDir, clock: { now: () => Date.now() } });
const run = aRun({ id: 'run-1', state: 'running' });
await runs.insert(run);
const taken = await runs.acquire(ORGANIZATION, run.id, 'worker-1', 3_600_000);
writeSync(1, `${taken?.epoch}\n`);
// Whoever started it is gone when the input ends.
process.stdin.resume().on('end', () => process.exit());
