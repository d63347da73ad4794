import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedStores } from '../src/store/open.ts';
import { startChild } from './child.ts';
import {
  commit,
  confirm,
  exported,
  freeze,
  makeOrganization,
  type Organization,
  type Progress,
  review,
  sendFile,
} from './import-calls.ts';
import { type ImportRound, importTable, type Phase } from './import-table.ts';
import { peopleFile } from './people-file.ts';
import { type Filled, fill } from './seed.ts';
import type { RollcallCommands } from './server.ts';
import type { SteadyCommands } from './steady-load.ts';
import { whole } from './table.ts';

export interface ImportOptions {
  readonly folder: string;
  readonly rows: number;
  readonly rounds: number;
}

/** An installation with half of the people of the file, and another organization that is provisioned over SCIM. */
interface Seeded {
  readonly folder: string;
  readonly organizationId: string;
  readonly provisioned: Filled;
}

type Note = (text: string) => void;

const PROVISIONED_PEOPLE = 1_000;
const PER_SECOND = 100;
const WARM_UP_MS = 2_000;
const QUIET_MS = 10_000;
/** Rows of a file that another organization has imported before: code that never ran is slow for everybody. */
const WARM_UP_ROWS = 1_000;

/**
 * Imports a file through the front door of a process that has imported a small one before, while another organization's identity provider goes on:
 * half creates, half updates; then the same file again, an export, and an action on everybody. Each round on the same database.
 */
export async function measureImport(options: ImportOptions, note: Note): Promise<string> {
  const { rows, rounds: count } = options;
  note(`making an organization of ${whole(rows / 2)} people`);
  const seeded = await seedImport(join(options.folder, 'rollcall-import'), rows);
  const rounds: ImportRound[] = [];
  for (let number = 1; number <= count; number++) {
    note(`importing ${whole(rows)} rows, round ${number} of ${count}`);
    const folder = `${seeded.folder}-${number}`;
    await cp(seeded.folder, folder, { recursive: true });
    rounds.push(await importRound({ ...seeded, folder }, rows));
  }
  return importTable(rows, rounds);
}

async function seedImport(folder: string, rows: number): Promise<Seeded> {
  await mkdir(folder, { recursive: true });
  const stores = openEmbeddedStores({ dataDir: folder, clock: { now: () => Date.now() } });
  const provisioned = await fill(stores, PROVISIONED_PEOPLE);
  await stores.close();
  const rollcall = startChild<RollcallCommands>('rollcall');
  const organization = await makeOrganization(await rollcall.ask('start', { folder }));
  await importWhole(organization, peopleFile(0, rows / 2));
  await rollcall.ask('stop');
  await rollcall.end();
  return { folder, organizationId: organization.id, provisioned };
}

async function importRound({ folder, organizationId, provisioned }: Seeded, rows: number): Promise<ImportRound> {
  const rollcall = startChild<RollcallCommands>('rollcall');
  const provider = startChild<SteadyCommands>('provider');
  const server = await rollcall.ask('start', { folder });
  const scimToken = await rollcall.ask('makeToken', provisioned.organizationId);
  const target = { ...provisioned, port: server.port, scimRoot: `/scim/v2/${provisioned.organizationId}`, scimToken };
  await provider.ask('begin', { target, perSecond: PER_SECOND });
  await pause(WARM_UP_MS);
  await importWhole(await makeOrganization(server), peopleFile(0, WARM_UP_ROWS));
  await provider.ask('lap');
  await pause(QUIET_MS);
  const quiet = await provider.ask('lap');

  async function phase<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly phase: Phase }> {
    await provider.ask('lap');
    await rollcall.ask('watch');
    const result = await work();
    const watched = await rollcall.ask('watched');
    return { result, phase: { ...watched, answers: await provider.ask('lap') } };
  }

  const phases = await allPhases(phase, { ...server, id: organizationId }, rows, join(folder, 'rollcall.db'));
  await provider.ask('end');
  await rollcall.ask('stop');
  await Promise.all([provider.end(), rollcall.end()]);
  return { quiet, ...phases };
}

type Measure = <T>(work: () => Promise<T>) => Promise<{ readonly result: T; readonly phase: Phase }>;

async function allPhases(
  measure: Measure,
  organization: Organization,
  rows: number,
  database: string,
): Promise<Omit<ImportRound, 'quiet'>> {
  const text = peopleFile(0, rows, rows / 2);
  const sent = await measure(() => sendFile(organization, text));
  const reviewed = await measure(() => review(organization, sent.result));
  expect(reviewed.result.counts, { create: rows / 2, update: rows / 2 });
  const written = await measure(() => commit(organization, reviewed.result));
  expect(written.result.outcomes, { create: rows / 2, update: rows / 2 });
  const before = versionsOf(database, organization);
  const again = await measure(() => importWhole(organization, text));
  expect(again.result.counts, { unchanged: rows });
  const writesAgain = versionsOf(database, organization) - before;
  const list = await measure(() => exported(organization));
  const ids = list.result
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.slice(0, line.indexOf(',')));
  const frozen = await measure(() => freeze(organization, 'activate', ids));
  expect(frozen.result.counts, { done: rows });
  const done = await measure(() => confirm(organization, frozen.result));
  expect(done.result.outcomes, { done: rows });
  return {
    sent: sent.phase,
    reviewed: reviewed.phase,
    written: written.phase,
    again: again.phase,
    exported: list.phase,
    frozen: frozen.phase,
    confirmed: done.phase,
    writesAgain,
  };
}

const importWhole = async (organization: Organization, text: string): Promise<Progress> =>
  commit(organization, await review(organization, await sendFile(organization, text)));

/** Every write of a person raises their version by one; read from outside, through a connection of our own. */
function versionsOf(database: string, { id }: Organization): number {
  const connection = new DatabaseSync(database, { readOnly: true });
  const { versions } = connection
    .prepare(
      `SELECT sum(d.version) AS versions FROM interned i
        JOIN users u ON u.organization = i.n JOIN documents d ON d.n = u.n WHERE i.text = ?`,
    )
    .get(id) as { readonly versions: number };
  connection.close();
  return versions;
}

/** A measurement of something else than was meant is none. */
function expect(counts: Progress['counts'], expected: Progress['counts']): void {
  const said = (of: Progress['counts']) => JSON.stringify(Object.entries(of).toSorted());
  if (said(counts) !== said(expected)) throw new Error(`counted ${said(counts)} instead of ${said(expected)}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
