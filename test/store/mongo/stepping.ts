import type { ResourceStore } from '../../../src/ports/resource-store.ts';
import type { Database } from '../../../src/store/mongo/database.ts';
import { resourceCollections } from '../../../src/store/mongo/resource-schema.ts';
import { resourcesOn } from '../../../src/store/mongo/resources.ts';
import { USERS, type UserRow } from '../../../src/store/mongo/user-schema.ts';
import type { TestClock } from '../../fixtures/clock.ts';

/** What a store does, command by command. */
export interface Command {
  readonly name: string;
  /** Documents sent: 1 but for bulk writes. */
  readonly sent: number;
  /** Documents that came back. */
  readonly received: number;
}

type Method = (...inputs: never[]) => unknown;

const READY = new Set(['findOne', 'insertOne', 'updateOne', 'updateMany', 'bulkWrite', 'countDocuments']);

/**
 * A store of resources that stops before and after every command it sends: `step` may wait, or throw to be like a process that died.
 * `onCommand` hears of every command that was answered.
 */
export function steppingResources(
  database: Database,
  clock: TestClock,
  step: () => Promise<void>,
  onCommand: (command: Command) => void = () => undefined,
): ResourceStore {
  const stopping =
    (name: string, run: Method): Method =>
    async (...inputs) => {
      await step();
      const outcome = await run(...inputs);
      const [operations] = inputs as readonly unknown[];
      const sent = Array.isArray(operations) ? operations.length : 1;
      onCommand({ name, sent, received: Array.isArray(outcome) ? outcome.length : Number(name === 'findOne') });
      await step();
      return outcome;
    };

  const watched = <Collection extends object>(collection: Collection): Collection =>
    new Proxy(collection, {
      get(target, name: keyof Collection & string) {
        const method = target[name] as Method;
        if (READY.has(name)) return stopping(name, method.bind(target) as Method);
        if (name !== 'find') return method;
        return (...inputs: never[]) => {
          const cursor = method.apply(target, inputs) as { toArray: Method };
          cursor.toArray = stopping('find', cursor.toArray.bind(cursor));
          return cursor;
        };
      },
    });

  const { resources, memberships } = resourceCollections(database);
  const collections = { resources: watched(resources), memberships: watched(memberships) };
  return resourcesOn(collections, watched(database.collection<UserRow>(USERS)), clock);
}
