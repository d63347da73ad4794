import { NO_SWEEP, type Organization, type Settings } from '../../src/core/organization.ts';
import type { Attributes, SourceRecord, User } from '../../src/core/user.ts';
import { recordOf } from '../../src/core/user.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Stores } from '../../src/ports/stores.ts';
import type { Fence, UserChange } from '../../src/ports/user-store.ts';
import type { SeededBug } from '../../src/services/dependencies.ts';
import { TUNING } from '../../src/services/dependencies.ts';
import type { SweepDependencies } from '../../src/services/sweep.ts';
import { aCatalogEntry } from '../fixtures/catalog.ts';
import { checkWrite } from './check-write.ts';
import type { Listed } from './schedule.ts';
import { interleaved, type Turns } from './turns.ts';
import { watchUsers } from './watch-users.ts';

export const ORGANIZATION = 'organization';
export const CONNECTION = 'connection';

/** The last word a source is known to have got through about a person, as whoever sent it remembers it. */
export interface Word {
  /** Later words of one source carry greater numbers. */
  readonly order: number;
  readonly attributes: Attributes;
  readonly email: string | null | undefined;
  /** What SCIM or an admin says about being enabled; directories say `activity` instead. */
  readonly enabled: boolean | null;
  readonly activity?: 'active' | 'inactive' | 'unknown';
  /** The order of the last word that the person is gone; they are back by any later word. */
  readonly goneAt?: number;
}

/** Whether the last a directory said is that the person is there. */
export const isPresent = ({ order, goneAt = 0 }: Word): boolean => order > goneAt;

/** One organization under test: the real services on stores whose every call waits for its turn. */
export interface World {
  readonly deps: SweepDependencies & { readonly stores: Stores };
  /** The stores without turns, for setting up and looking on. */
  readonly stores: Stores;
  /** Key (`scim:…`, `google:…`, `manual:<user id>`) → last word. */
  readonly words: Map<string, Word>;
  /** Every accepted save, in order. */
  readonly history: UserChange[];
  /** The page on which each directory last got through about a person. */
  readonly pages: Map<string, Listed>;
  /** Broken promises noticed while things were happening. */
  readonly faults: string[];
  /** Keys whose record was replaced by one with another key: a link an admin accepted, a rehire found by address. */
  readonly replaced: Set<string>;
  /** Work that goes on behind the back of everybody: workers that were taken for dead. */
  readonly background: Promise<void>[];
  nextOrder(): number;
  /** Sits out so many turns. */
  pause(turns: number): Promise<void>;
  /** Lets the leases of now run out. */
  expireLeases(): Promise<void>;
}

export const LEASE_MS = 1_000;

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface Opened {
  readonly stores: Stores;
  readonly clock: { at: number };
  /** Lets the leases of now run out where they do not go by that clock. */
  readonly expireLeases?: () => Promise<void>;
  /** Whoever takes a run over there first gives new versions to people its former worker may be writing. */
  readonly takingOverRaisesVersions?: boolean;
}

/** Puts an organization with these settings into fresh stores. */
export async function createWorld(
  { stores, clock, expireLeases = async () => undefined, takingOverRaisesVersions = false }: Opened,
  settings: Settings,
  turns: Turns,
  seededBug: SeededBug | null,
): Promise<World> {
  await stores.catalog.save(aCatalogEntry({ organizationId: ORGANIZATION, kind: 'pool', id: 'pool' }));
  await stores.organizations.insert(organizationWith(settings));
  const history: UserChange[] = [];
  const faults: string[] = [];
  const replaced = new Set<string>();
  const epochs = new Map<string, number>();
  let lastId = 0;
  let lastOrder = 0;

  function saved(before: User | null, change: UserChange, fence: Fence | undefined): void {
    history.push(change);
    const isRaised = takingOverRaisesVersions && before !== null && change.user.version > before.version;
    faults.push(...checkWrite(isRaised ? { ...before, version: change.user.version - 1 } : before, change));
    if (fence && epochs.get(fence.runId) !== fence.epoch) faults.push('a run wrote after it was taken over');
    for (const former of before?.records ?? []) noteReplaced(former, change.user);
  }

  function noteReplaced(former: SourceRecord, after: User): void {
    const record = recordOf(after, former.source, former.connectionId);
    if (record && record.externalId !== former.externalId) replaced.add(keyOf(former, after));
  }

  const watched: Stores = {
    ...stores,
    users: watchUsers(stores.users, saved),
    runs: {
      ...stores.runs,
      async acquire(...given) {
        const run = await stores.runs.acquire(...given);
        if (run) epochs.set(run.id, run.epoch);
        return run;
      },
    },
  };
  const deps: World['deps'] = {
    stores: interleaved(watched, turns),
    clock: { now: () => clock.at },
    identifiers: { next: () => `id-${String(++lastId).padStart(6, '0')}` },
    logger: SILENT,
    onEvents() {},
    tuning: { ...TUNING, sweepPage: 1 },
    ...(seededBug ? { seededBug } : {}),
  };
  return {
    deps,
    stores,
    words: new Map(),
    pages: new Map(),
    history,
    faults,
    replaced,
    background: [],
    nextOrder: () => ++lastOrder,
    async pause(count) {
      for (let turn = 0; turn < count; turn++) await turns.next();
    },
    expireLeases() {
      clock.at += LEASE_MS + 1;
      return expireLeases();
    },
  };
}

function organizationWith(settings: Settings): Organization {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    id: ORGANIZATION,
    name: 'Under test',
    version: 1,
    settings,
    sweep: NO_SWEEP,
    admins: [],
    createdAt: at,
    updatedAt: at,
  };
}

/** Under which key the words of a record's speaker are remembered. */
export function keyOf({ source, externalId }: SourceRecord, { id }: Pick<User, 'id'>): string {
  return source === 'manual' ? `manual:${id}` : (externalId ?? `${source} without a key`);
}

/** Remembers a word unless a later one of the same source is known; tells whether it did. */
export function say(
  { words }: World,
  key: string,
  order: number,
  word: (former: Word | undefined) => Omit<Word, 'order'>,
): boolean {
  const former = words.get(key);
  if (former && former.order > order) return false;
  const gone = former?.goneAt === undefined ? {} : { goneAt: former.goneAt };
  words.set(key, { ...word(former), ...gone, order });
  return true;
}

/** Remembers that a directory said a person is gone; what it said of them before stays, and may still come to be known. */
export function sayGone({ words }: World, key: string, order: number): void {
  const former = words.get(key) ?? { attributes: {}, email: undefined, enabled: null, order: 0 };
  words.set(key, { ...former, goneAt: Math.max(order, former.goneAt ?? 0) });
}
