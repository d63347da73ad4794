import { parseServiceAccount } from '../connectors/google/service-account.ts';
import type { Run } from '../src/core/run.ts';
import { changeSettings } from '../src/services/change-settings.ts';
import { putGoogleIntegration } from '../src/services/integrations.ts';
import { openDirectory } from '../src/services/open-directory.ts';
import { createOrganization } from '../src/services/organizations.ts';
import { readTarget, startRun } from '../src/services/start-run.ts';
import type { SyncDependencies } from '../src/services/sync-step.ts';

/** What going through a directory once took. */
export interface Pass {
  readonly people: number;
  readonly ms: number;
  readonly cpuUs: number;
  /** Resident memory in bytes: before, and the most that was seen. */
  readonly memory: { readonly before: number; readonly most: number };
}

export interface SyncPass extends Pass {
  readonly counts: Run['counts'];
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
      await new Promise((resolve) => setTimeout(resolve, LOOK_AT_QUEUE_MS));
    }
  }

  return {
    /** A new organization, connected, with its sync still off. */
    async connect({ serviceAccount, subject }: { readonly serviceAccount: unknown; readonly subject: string }) {
      const { id } = await createOrganization(deps(), { name: 'Bench', domains: ['sim.example', 'emea.sim.example'] });
      await putGoogleIntegration(deps(), id, { ...parseServiceAccount(serviceAccount), subject });
      return id;
    },
    async list(organizationId: string): Promise<Pass> {
      const { integration } = await readTarget(deps(), organizationId, 'google');
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
    switchOn: (organizationId: string) =>
      changeSettings(deps(), organizationId, { google: { syncUsers: true } }).then(() => null),
    /** How many people all their runs have seen; null while one is under way. */
    async finished(organizationIds: readonly string[]): Promise<number | null> {
      let seen = 0;
      for (const id of organizationIds) {
        const run = await deps().stores.runs.latest(id, 'google');
        if (!run || run.state === 'queued' || run.state === 'running') return null;
        if (run.state !== 'finished') throw new Error(`a run ended ${run.state}: ${JSON.stringify(run.reasons[0])}`);
        seen += run.counts.seen;
      }
      return seen;
    },
    /** Switches the sync on, which starts the first run; later ones are asked for. */
    async sync(organizationId: string): Promise<SyncPass> {
      const { organization } = await readTarget(deps(), organizationId, 'google');
      return measured(async () => {
        const run = organization.settings.google.syncUsers
          ? await startRun(deps(), organizationId, 'google', 'operator')
          : await firstRun(organizationId);
        const { state, counts, reasons } = await ended(run);
        if (state !== 'finished') throw new Error(`the run ended ${state}: ${JSON.stringify(reasons.slice(0, 3))}`);
        return { people: counts.seen, counts };
      });
    },
  };

  async function firstRun(organizationId: string): Promise<Run> {
    await changeSettings(deps(), organizationId, { google: { syncUsers: true } });
    const run = await deps().stores.runs.latest(organizationId, 'google');
    if (!run) throw new Error('switching the sync on started no run');
    return run;
  }
}
