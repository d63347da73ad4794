import type { Conflict } from '../../src/core/conflict.ts';
import type { PublishedEvent, UserEvent } from '../../src/core/event.ts';
import type { HistoryEntry } from '../../src/core/history.ts';
import type { Integration } from '../../src/core/integration.ts';
import { defaultSettings, type Settings } from '../../src/core/organization.ts';
import type { Run, StagedChange } from '../../src/core/run.ts';

/** Safeguards taken away on purpose, so that the tests which guard them can be seen to fail. */
export interface Faults {
  /** No compare-and-swap: a stale save goes through. */
  readonly ignoreVersions?: boolean;
  /** No fencing: a run that was taken over goes on writing. */
  readonly ignoreEpochs?: boolean;
  /** The last write wins, whatever its source. */
  readonly ignoreRanks?: boolean;
}

export interface RunRow {
  run: Run;
  owner: string | null;
  until: number;
  readonly presence: Map<number, readonly string[]>;
  readonly staged: Map<string, StagedChange>;
  /** Groups by the key of a member. */
  readonly members: Map<string, Set<string>>;
}

/** What more than one of the stores looks at. */
export interface Tables {
  readonly runs: Map<string, RunRow>;
  readonly integrations: Map<string, Integration>;
  readonly conflicts: Conflict[];
  readonly outbox: UserEvent[];
  readonly feed: PublishedEvent[];
  readonly history: HistoryEntry[];
}

/** Every source is dormant: only the age of an assertion counts. */
export const ALL_OFF: Settings = defaultSettings([]);
