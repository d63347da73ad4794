import type { Run } from '../src/core/run.ts';
import type { DirectoryName } from '../src/core/user.ts';
import { changeSettings } from '../src/services/change-settings.ts';
import { openDirectory } from '../src/services/open-directory.ts';
import { createOrganization } from '../src/services/organizations.ts';
import { readTarget, startRun } from '../src/services/start-run.ts';
import type { SyncDependencies } from '../src/services/sync-step.ts';
import { connectTo, type Simulated } from './directories.ts';

/** What going through a directory once took. */
export interface Pass {
  readonly people: number;
  readonly ms: number;
  readonly cpuUs: number;
  /** Resident memory in bytes: before, and the most that was seen. */
  readonly memory: { readonly before: number; readonly most: number };
}

export interface SyncPass extends Pass {
  readonly kind: Run['kind'];
  readonly counts: Run['counts'];
  /** Until the first person could be read; 0 where there were people before. */
  readonly firstVisibleMs: number;
}

/** One directory of one organization. */
export interface Synced {
  readonly organizationId: string;
  readonly source: DirectoryName;
}

const LOOK_AT_QUEUE_MS = 5;
const LOOK_AT_MEMORY_MS = 50;

/** Goes through a directory: listing alone, and as a run. Both within the Rollcall process and through the same connector. */
export function syncCommands(deps: () => SyncDependencies, cpuUs: () => number) {
  async function measured<T>(work: () => Promise<T>): Promise<T & Omit<Pass, 'people'>> {
    const before = process.memoryUsage.rss();
    let most = before;
    const look = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, LOOK_AT_MEMORY_MS);
    const cpu = cpuUs();
    const started = performance.now();
    try {
      const result = await work();
      return { ...result, ms: performance.now() - started, cpuUs: cpuUs() - cpu, memory: { before, most } };
    } finally {
      clearInterval(look);
    }
  }

  /** The run once the queue has nothing left to do: asking the queue costs nothing. */
  async function ended({ organizationId, id }: Run): Promise<Run> {
    for (;;) {
      const { waiting, running } = await deps().queue.counts();
      const run = waiting + running === 0 ? await deps().stores.runs.get(organizationId, id) : null;
      if (run) return run;
      await pause();
    }
  }

  async function firstVisible(organizationId: string, from: number): Promise<number> {
    for (;;) {
      const { items } = await deps().stores.users.list(organizationId, null, null, 1);
      if (items.length > 0) return performance.now() - from;
      await pause();
    }
  }

  async function firstRun({ organizationId, source }: Synced): Promise<Run> {
    await changeSettings(deps(), organizationId, { [source]: { syncUsers: true } });
    const run = await deps().stores.runs.latest(organizationId, source);
    if (!run) throw new Error('switching the sync on started no run');
    return run;
  }

  return {
    /** A new organization, connected, with its sync still off. */
    async connect(simulated: Simulated): Promise<Synced> {
      const { id } = await createOrganization(deps(), { name: 'Bench', domains: ['sim.example', 'emea.sim.example'] });
      await connectTo(deps(), id, simulated);
      return { organizationId: id, source: simulated.source };
    },
    async list({ organizationId, source }: Synced): Promise<Pass> {
      const { integration } = await readTarget(deps(), organizationId, source);
      const directory = openDirectory(deps(), integration);
      return measured(async () => {
        let people = 0;
        for (let cursor: string | null = null; ; ) {
          const page = await directory.readPage(cursor);
          people += page.people.length;
          cursor = page.next;
          if (cursor === null) return { people };
        }
      });
    },
    switchOn: ({ organizationId, source }: Synced) =>
      changeSettings(deps(), organizationId, { [source]: { syncUsers: true } }).then(() => null),
    /** How many people all their runs have seen; null while one is under way. */
    async finished(all: readonly Synced[]): Promise<number | null> {
      let seen = 0;
      for (const { organizationId, source } of all) {
        const run = await deps().stores.runs.latest(organizationId, source);
        if (!run || run.state === 'queued' || run.state === 'running') return null;
        if (run.state !== 'finished') throw new Error(`a run ended ${run.state}: ${JSON.stringify(run.reasons[0])}`);
        seen += run.counts.seen;
      }
      return seen;
    },
    /** What the last run of each took from its making to its end, in milliseconds. */
    async durations(all: readonly Synced[]): Promise<readonly number[]> {
      const runs: Run[] = [];
      for (const { organizationId, source } of all) {
        const run = await deps().stores.runs.latest(organizationId, source);
        if (run) runs.push(run);
      }
      return runs.map(({ createdAt, finishedAt }) => Date.parse(finishedAt ?? '') - Date.parse(createdAt));
    },
    /** Switches the sync on, which starts the first run; later ones are asked for. */
    async sync({ organizationId, source, kind }: Synced & { readonly kind: Run['kind'] }): Promise<SyncPass> {
      const { organization } = await readTarget(deps(), organizationId, source);
      const isFirst = !organization.settings[source].syncUsers;
      return measured(async () => {
        const from = performance.now();
        const run = isFirst
          ? await firstRun({ organizationId, source })
          : await startRun(deps(), organizationId, source, 'operator', kind);
        const firstVisibleMs = isFirst ? await firstVisible(organizationId, from) : 0;
        const { state, counts, reasons } = await ended(run);
        if (state !== 'finished') throw new Error(`the run ended ${state}: ${JSON.stringify(reasons.slice(0, 3))}`);
        return { people: counts.seen, kind: run.kind, counts, firstVisibleMs };
      });
    },
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_AT_QUEUE_MS));
