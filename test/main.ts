import { globSync } from 'node:fs';
import { type Batch, playSideBySide } from './support/side-by-side.ts';

/** Guards against a test that hangs; nothing is measured by it. */
const TIMEOUT_MS = 30_000;
const FILES_A_BATCH = 8;
/** As many as there are cores on the smallest machine: one more, and schedules on MongoDB were seen to go wrong under the load. */
const AT_ONCE = 2;
/** What takes longest begins first, so that nothing long is left for the end: these files each for itself, … */
const LONGEST_FIRST = [
  'test/properties/schedules-mongo.test.ts',
  'test/properties/schedules.test.ts',
  'test/journeys/agency-races.test.ts',
  'test/journeys/microsoft-faults.test.ts',
  'test/journeys/google-faults.test.ts',
  'test/store/mongo/archive.test.ts',
  'test/security/isolation-matrix.test.ts',
  'test/store/mongo/conditions.test.ts',
];
/** … then these folders. */
const FOLDERS = ['test/store/', 'test/journeys/', 'test/scim/', 'test/http/'];
const THE_REST = 'all else';

/** All test files but those that kill processes, in batches of one folder; arguments choose files by a part of their name. */
function batches(wanted: readonly string[]): readonly Batch[] {
  const files = globSync('test/**/*.test.ts', { exclude: ['test/faults/**'] })
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
  const alone = LONGEST_FIRST.filter((file) => files.includes(file));
  const folderOf = (file: string) => FOLDERS.find((folder) => file.startsWith(folder)) ?? THE_REST;
  const byFolder = Map.groupBy(
    files.filter((file) => !alone.includes(file)),
    folderOf,
  );
  return [
    ...alone.map((file) => ({ name: file, files: [file] })),
    ...[...FOLDERS, THE_REST].flatMap((folder) => inBatches(folder, byFolder.get(folder) ?? [])),
  ];
}

function inBatches(name: string, files: readonly string[]): readonly Batch[] {
  const count = Math.ceil(files.length / FILES_A_BATCH);
  return Array.from({ length: count }, (_, index) => ({
    name: count === 1 ? name : `${name} ${index + 1} of ${count}`,
    files: files.filter((_file, at) => at % count === index),
  }));
}

await playSideBySide(batches(process.argv.slice(2)), TIMEOUT_MS, AT_ONCE);
