import { parseServiceAccount } from '../../../connectors/google/service-account.ts';
import { createDirectories, type DirectoriesOptions } from '../../../connectors/open.ts';
import type { DirectoryPerson } from '../../../src/core/directory-person.ts';
import type { Directory, FailedPerson, GoogleCredentials } from '../../../src/ports/directory.ts';
import { type GoogleSimulator, startGoogleSimulator } from '../../simulators/google/start-google-simulator.ts';

/** A simulated Google Workspace, and directories that live in its time: a wait costs nothing and moves its clock. */
export interface Harness {
  readonly simulator: GoogleSimulator;
  readonly credentials: GoogleCredentials;
  /** Waits so far, in milliseconds. */
  readonly waits: number[];
  /** Everything the connector logged, as text. */
  readonly logged: string[];
  /** Jitter is nothing unless told: only what Google asks for holds the connector back. */
  open(options?: Partial<DirectoriesOptions>, credentials?: Partial<GoogleCredentials>): Directory;
  /** Everything back to the start. */
  reset(): void;
  close(): Promise<void>;
}

export async function openHarness(people: number): Promise<Harness> {
  const simulator = await startGoogleSimulator({ seed: 7, people });
  const { control, origin, serviceAccount, subject } = simulator;
  const credentials = { ...parseServiceAccount(serviceAccount), subject };
  const waits: number[] = [];
  const logged: string[] = [];
  const base: DirectoriesOptions = {
    googleBaseUrl: origin,
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
    open: (options, other) =>
      createDirectories({ ...base, ...options }).openGoogle('one', { ...credentials, ...other }),
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
  readonly pages: number;
}

/** Reads a listing as a run does: page by page, and no cursor twice. */
export async function readAll(directory: Directory): Promise<Listing> {
  const people: DirectoryPerson[] = [];
  const failed: FailedPerson[] = [];
  const followed = new Set<string | null>();
  let cursor: string | null = null;
  do {
    if (followed.has(cursor)) throw new Error('the listing goes in circles');
    followed.add(cursor);
    const page = await directory.readPage(cursor);
    people.push(...page.people);
    failed.push(...page.failed);
    cursor = page.next;
  } while (cursor !== null);
  return { people, failed, pages: followed.size };
}

/** The ids a listing should show. */
export function idsOf(simulator: GoogleSimulator): readonly string[] {
  return [...simulator.control.everybody()].map((user) => String(user.id));
}

/** The error a promise rejects with; fails when it resolves. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (outcome === null) throw new Error('expected a rejection');
  return outcome.error;
}
