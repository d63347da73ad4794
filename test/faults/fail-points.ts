import { AsyncLocalStorage } from 'node:async_hooks';
import mongoose from 'mongoose';
import type { Overrides } from '../../src/compose.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { Job, JobQueue } from '../../src/ports/job-queue.ts';
import type { Stores } from '../../src/ports/stores.ts';

type Parts = Parameters<NonNullable<Overrides['around']>>[0];
type Call = (...given: never[]) => unknown;

/** What goes wrong, and where. */
export interface FailPlan {
  readonly organizationId: string;
  /** Whose steps count. */
  readonly job: string;
  /** Counts only calls of this name; null: all. */
  readonly only: string | null;
  /** What the process sends itself before the call with this number, counted from 1 over all steps; 0: never. */
  readonly at: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  /** Leave the unfinished work of other organizations in the same store to others. */
  readonly alone: boolean;
}

/**
 * Numbers every call that the steps of a job of one organization make, to the store, the directory and the queue; with MongoDB every
 * command. Before the planned one the process sends itself the signal. What happens beside the steps (renewed leases, publishing)
 * is not counted.
 */
export function failingAt(plan: FailPlan): (deps: Parts) => Parts {
  const steps = new AsyncLocalStorage<true>();
  let count = 0;
  const point = (name: string): void => {
    if (!steps.getStore() || (plan.only !== null && plan.only !== name)) return;
    count++;
    process.stdout.write(`${JSON.stringify({ failPoint: count, name })}\n`);
    if (count === plan.at) process.kill(process.pid, plan.signal);
  };
  const isMongo = process.env.MONGODB_URL !== undefined;
  if (isMongo) countCommands(point);
  return (deps) => ({
    ...deps,
    stores: watchStores(
      plan.alone ? ownOnly(deps.stores, plan.organizationId) : deps.stores,
      steps,
      isMongo ? () => undefined : point,
    ),
    queue: watchQueue(deps.queue, plan, steps, point),
    directories: {
      openGoogle: (...given) => watchDirectory(deps.directories.openGoogle(...given), point),
      openMicrosoft: (...given) => watchDirectory(deps.directories.openMicrosoft(...given), point),
    },
    onEvents: () => steps.exit(deps.onEvents),
  });
}

const watchDirectory = (directory: Directory, point: (name: string) => void): Directory => ({
  ...directory,
  ...watched('directory', directory, ['readPage', 'find', 'readMembers'], point),
});

/** The repeating work looks at this organization only. */
export function ownOnly(stores: Stores, organizationId: string): Stores {
  const { runs, integrations, organizations, conflicts, imports, bulks } = stores;
  const own = <T extends { readonly organizationId: string }>(all: readonly T[]) =>
    all.filter((one) => one.organizationId === organizationId);
  return {
    ...stores,
    runs: {
      ...runs,
      unheld: async (limit) => own(await runs.unheld(limit)),
    },
    integrations: { ...integrations, due: async () => [] },
    organizations: {
      ...organizations,
      sweeping: async () => (await organizations.sweeping()).filter(({ id }) => id === organizationId),
    },
    conflicts: { ...conflicts, waiting: async () => [] },
    imports: { ...imports, unfinished: async (limit) => own(await imports.unfinished(limit)), expired: async () => [] },
    bulks: { ...bulks, running: async (limit) => own(await bulks.running(limit)), expired: async () => [] },
  };
}

const NOUNS = [
  'users',
  'organizations',
  'integrations',
  'runs',
  'conflicts',
  'events',
  'syncStates',
  'removals',
  'imports',
  'bulks',
  'history',
  'agencies',
  'interviews',
] as const;

function watchStores(stores: Stores, steps: AsyncLocalStorage<true>, point: (name: string) => void): Stores {
  const counted = NOUNS.map((noun) => [noun, watched(noun, stores[noun], Object.keys(stores[noun]), point)]);
  const { runs } = stores;
  const all = { ...stores, ...Object.fromEntries(counted) } as Stores;
  return { ...all, runs: { ...all.runs, renew: (...given) => steps.exit(() => runs.renew(...given)) } };
}

function watched<T extends object>(
  noun: string,
  target: T,
  names: readonly string[],
  point: (name: string) => void,
): Partial<T> {
  const methods = names.map((name) => {
    const method = target[name as keyof T] as Call;
    return [
      name,
      (...given: never[]) => {
        point(`${noun}.${name}`);
        return method(...given);
      },
    ];
  });
  return Object.fromEntries(methods) as Partial<T>;
}

function watchQueue(
  queue: JobQueue,
  { organizationId, job: watchedJob }: FailPlan,
  steps: AsyncLocalStorage<true>,
  point: (name: string) => void,
): JobQueue {
  // One step at a time: a second job for the same, which finds the lease taken, would move the numbers of what follows.
  let last: Promise<void> = Promise.resolve();
  return {
    ...queue,
    register<Payload>(job: Job<Payload>) {
      queue.register({
        ...job,
        async run(payload: Payload) {
          const isOurs = (payload as { organizationId?: string }).organizationId === organizationId;
          if (job.name !== watchedJob || !isOurs) return job.run(payload);
          const step = last.then(async () => {
            process.stdout.write(`${JSON.stringify({ stepBegins: true })}\n`);
            await steps.run(true, () => job.run(payload).finally(() => point('the step is over')));
            process.stdout.write(`${JSON.stringify({ stepOver: true })}\n`);
          });
          last = step.catch(() => undefined);
          await step;
        },
      });
    },
    enqueue(...given) {
      point('queue.enqueue');
      return queue.enqueue(...given);
    },
  };
}

const COMMANDS = [
  'aggregate',
  'bulkWrite',
  'countDocuments',
  'deleteMany',
  'deleteOne',
  'find',
  'findOne',
  'findOneAndUpdate',
  'insertMany',
  'insertOne',
  'replaceOne',
  'updateMany',
  'updateOne',
] as const;

/** Some methods of the driver call another one: that is one command all the same. */
function countCommands(point: (name: string) => void): void {
  const prototype = mongoose.mongo.Collection.prototype as unknown as { [name: string]: Call };
  let isInside = false;
  for (const name of COMMANDS) {
    const command = prototype[name] as Call;
    prototype[name] = function (this: { readonly collectionName: string }, ...given: never[]) {
      if (isInside) return command.apply(this, given);
      point(`${this.collectionName}.${name}`);
      isInside = true;
      try {
        return command.apply(this, given);
      } finally {
        isInside = false;
      }
    };
  }
}
