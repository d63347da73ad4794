import { createHash } from 'node:crypto';
import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import { type Directory, DirectoryError } from '../../src/ports/directory.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { type Dependencies, TUNING, type WriteDependencies } from '../../src/services/dependencies.ts';
import type { TestClock } from '../fixtures/clock.ts';

/** What Google shows, for whole runs; `people` may be changed between them. */
export interface Listing {
  people: readonly DirectoryPerson[];
  /** Keys that were not listed but are there when asked for. */
  hidden: readonly DirectoryPerson[];
  pageSize: number;
  /** Keys asked about one by one. */
  readonly asked: string[];
}

/** What services are built from: a queue that runs nothing, and a directory that shows the listing. */
export function dependenciesOf(stores: Stores, clock: TestClock, listing: Listing): Dependencies & WriteDependencies {
  let ids = 0;
  const nothing = () => {};
  return {
    stores,
    clock,
    identifiers: { next: () => `id-${String(++ids).padStart(8, '0')}` },
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    secrets: {
      seal: (plain, place) => JSON.stringify([plain, place]),
      open: (sealed) => sealed,
      digest: (token) => token,
    },
    queue: {
      register: nothing,
      enqueue: async () => {},
      start: nothing,
      close: async () => {},
      counts: async () => ({ waiting: 0, running: 0 }),
      health: async () => ({ state: 'ok', details: [] }),
    },
    directories: { openGoogle: () => directoryOf(listing), openMicrosoft: () => directoryOf(listing) },
    tuning: { ...TUNING, sweepPage: 3 },
    onEvents: nothing,
  };
}

const notAsked = async (): Promise<never> => {
  throw new DirectoryError('config', 'not asked in these tests');
};

/** A directory that shows the listing page by page. */
function directoryOf(listing: Listing): Directory {
  return {
    source: 'google',
    async readPage(cursor) {
      const from = Number(cursor ?? 0);
      const to = from + listing.pageSize;
      const next = to < listing.people.length ? String(to) : null;
      return { people: listing.people.slice(from, to), failed: [], next };
    },
    tenant: async () => 'customer',
    async find(externalId) {
      listing.asked.push(externalId);
      const person = [...listing.people, ...listing.hidden].find((candidate) => candidate.externalId === externalId);
      return person ? { person, leftOut: null } : 'gone';
    },
    lookUp: notAsked,
    readMembers: notAsked,
    test: notAsked,
    testGroup: notAsked,
  };
}
