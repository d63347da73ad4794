import { createDirectories, type DirectoriesOptions } from '../../../connectors/open.ts';
import type { DirectoryPerson } from '../../../src/core/directory-person.ts';
import type { MicrosoftPeople } from '../../../src/core/integration.ts';
import type { Directory, FailedPerson, LeftOutPerson, MicrosoftCredentials } from '../../../src/ports/directory.ts';
import {
  type GraphSimulator,
  type GraphSimulatorOptions,
  startGraphSimulator,
} from '../../simulators/graph/start-graph-simulator.ts';

/** Everybody is taken, so that a listing can be compared with the tenant. */
export const EVERYBODY: MicrosoftPeople = { includeGuests: true, onlyLicensed: false, useInitialDomain: false };

/** A simulated tenant, and directories that live in its time: a wait costs nothing and moves its clock. */
export interface Harness {
  readonly simulator: GraphSimulator;
  readonly credentials: MicrosoftCredentials;
  /** Waits so far, in milliseconds. */
  readonly waits: number[];
  /** Everything the connector logged, as text. */
  readonly logged: string[];
  /** Jitter is nothing unless told: only what Microsoft asks for holds the connector back. */
  open(given?: {
    readonly options?: Partial<DirectoriesOptions>;
    readonly credentials?: Partial<MicrosoftCredentials>;
    readonly people?: Partial<MicrosoftPeople>;
  }): Directory;
  /** Everything back to the start. */
  reset(): void;
  close(): Promise<void>;
}

export async function openHarness(people: number, more: Partial<GraphSimulatorOptions> = {}): Promise<Harness> {
  const simulator = await startGraphSimulator({ seed: 7, people, ...more });
  const { control, origin, application } = simulator;
  const { tenantId, clientId, clientSecret } = application;
  const credentials = { tenantId, clientId, clientSecret, certificate: null };
  const waits: number[] = [];
  const logged: string[] = [];
  const base: DirectoriesOptions = {
    googleBaseUrl: null,
    microsoftLoginUrl: origin,
    microsoftGraphUrl: origin,
    clock: { now: control.now },
    random: () => 0,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      control.advance(ms);
    },
    logger: { warn: (details, message) => logged.push(JSON.stringify([details, message])) },
    timeoutMs: 5_000,
  };
  return {
    simulator,
    credentials,
    waits,
    logged,
    open: ({ options, credentials: other, people: which } = {}) =>
      createDirectories({ ...base, ...options }).openMicrosoft(
        'one',
        { ...credentials, ...other },
        { ...EVERYBODY, ...which },
      ),
    reset() {
      control.reset();
      for (const list of [waits, logged]) list.length = 0;
    },
    close: simulator.close,
  };
}

export interface Listing {
  readonly people: readonly DirectoryPerson[];
  readonly failed: readonly FailedPerson[];
  readonly leftOut: readonly LeftOutPerson[];
  readonly removed: readonly string[];
  readonly pages: number;
  readonly checkpoint: string | null;
}

/** Reads a listing, or what changed since a checkpoint, as a run does: page by page, and no cursor twice. */
export async function readAll(directory: Directory, from: string | null = null): Promise<Listing> {
  const people: DirectoryPerson[] = [];
  const failed: FailedPerson[] = [];
  const leftOut: LeftOutPerson[] = [];
  const removed: string[] = [];
  const followed = new Set<string | null>();
  for (let cursor = from; ; ) {
    if (followed.has(cursor)) throw new Error('the listing goes in circles');
    followed.add(cursor);
    const page = await directory.readPage(cursor);
    people.push(...page.people);
    failed.push(...page.failed);
    leftOut.push(...(page.leftOut ?? []));
    removed.push(...(page.removed ?? []));
    cursor = page.next;
    const { checkpoint = null } = page;
    if (cursor === null) return { people, failed, leftOut, removed, pages: followed.size, checkpoint };
  }
}

/** The ids a listing should show. */
export function idsOf(simulator: GraphSimulator): readonly string[] {
  return [...simulator.control.everybody()].map(({ id }) => id);
}

/** The ids of people, in order, for comparing. */
export const keysOf = (people: readonly { readonly externalId: string }[]): readonly string[] =>
  people.map(({ externalId }) => externalId).toSorted();
