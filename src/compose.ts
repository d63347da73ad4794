import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../config/readers.ts';
import type { ProcessSettings } from '../config/settings.ts';
import { createDirectories, type DirectoriesOptions } from '../connectors/open.ts';
import { createTokenEndpoint } from '../scim/http/token-endpoint.ts';
import { bulkJob } from '../workers/bulk.ts';
import { type Clockwork, createClockwork } from '../workers/clockwork.ts';
import { importJob } from '../workers/import.ts';
import { sweepJob } from '../workers/sweep.ts';
import { syncPageJob } from '../workers/sync-page.ts';
import { scimHandler } from './compose/scim-handler.ts';
import { createApp } from './http/create-app.ts';
import { type Listening, listen } from './http/listen.ts';
import { createLogger } from './logging/logger.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Stores } from './ports/stores.ts';
import { openQueue } from './queue/open.ts';
import { createIdentifiers } from './runtime/time-ordered-identifiers.ts';
import { createSecrets } from './secrets/aes-secrets.ts';
import { loadOrCreateKey, loadOrCreateOperatorKey } from './secrets/key-file.ts';
import { type Dependencies, TUNING, type Tuning, type WriteDependencies } from './services/dependencies.ts';
import { createTurns } from './services/lost-races.ts';
import { refuseUnfinishedMove } from './services/refuse-unfinished-move.ts';
import { openStores } from './store/open.ts';

/** What tests and measurements put in the place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly tuning?: Partial<Tuning>;
  readonly directories?: Partial<DirectoriesOptions>;
  /** Puts something around what the services are built from, such as calls that are counted. */
  readonly around?: (deps: Parts) => Parts;
}

type Parts = Dependencies & WriteDependencies;

/** A Rollcall process, put together and listening. */
export interface Rollcall {
  readonly deps: Dependencies & WriteDependencies;
  readonly url: string;
  /** Bearer key of the operator API, and where it lies when it was not configured. */
  readonly operatorKey: string;
  readonly operatorKeyPath: string | null;
  /** Readiness off, requests finished, running jobs finished, leases given back, store closed. Twice is once. */
  stop(): Promise<void>;
}

/** How long running jobs may go on asking their directory once the process is to stop. */
const FINISH_MS = 5_000;

const SYSTEM_CLOCK: Clock = { now: () => Date.now() };

/**
 * Puts a process together: config → store → queue → app → listen. Throws with a sentence for the operator when it cannot start;
 * nothing stays open then.
 */
export async function compose(settings: ProcessSettings, overrides: Overrides = {}): Promise<Rollcall> {
  const logger = overrides.logger ?? createLogger(settings.logLevel);
  const opened: (() => Promise<void>)[] = [];
  try {
    const { stores, clock } = await openStores(storeOptions(settings, overrides.clock ?? SYSTEM_CLOCK));
    opened.unshift(stores.close);
    await refuseUnfinishedMove(stores);
    const queue = await openQueue({ logger, redis: redisOf(settings) });
    opened.unshift(() => queue.close());
    return await composeOn({ stores, clock: overrides.clock ?? clock, queue, logger }, settings, overrides);
  } catch (error) {
    for (const close of opened) await close();
    throw error;
  }
}

function storeOptions({ dataDir, mongodbUrl, mongodbPoolSize, mongodbTimeoutMs }: ProcessSettings, clock: Clock) {
  const timing = { maxPoolSize: mongodbPoolSize, socketTimeoutMS: mongodbTimeoutMs };
  const mongodb = mongodbUrl === null ? null : { url: mongodbUrl, ...timing };
  return { dataDir, clock, mongodb };
}

function redisOf({ redisUrl, redisPrefix }: ProcessSettings) {
  return redisUrl === null ? null : { url: redisUrl, prefix: redisPrefix };
}

type Opened = Pick<Dependencies, 'stores' | 'clock' | 'queue' | 'logger'>;

async function composeOn(opened: Opened, settings: ProcessSettings, overrides: Overrides): Promise<Rollcall> {
  const { deps, clockwork, operatorKey, stopping } = await assemble(opened, settings, overrides);
  const { queue, stores, logger } = deps;
  const syncPages = syncPageJob(deps);
  queue.register(syncPages);
  queue.register(sweepJob(deps, queue));
  queue.register(importJob(deps));
  queue.register(bulkJob(deps));

  let ready = true;
  let listening: Listening | null = null;
  const publicUrl = () => settings.publicUrl ?? listening?.url ?? '';
  const { answers, works, port } = PARTS[settings.role](settings);
  const app = createApp({
    deps,
    operatorKey: operatorKey.key,
    publicUrl,
    scim: answers ? scimHandler(deps, publicUrl, settings) : null,
    oauth: answers ? createTokenEndpoint(deps) : null,
    ready: () => ready,
    logger,
  });
  listening = await listen(app, { host: settings.host, port });
  if (works) {
    queue.start();
    await clockwork.start();
  }

  const stop = once(async () => {
    ready = false;
    if (answers) await sleep(settings.drainMs);
    await listening.close();
    // A step that is nearly through finishes; one that waits for its directory is given back.
    const giveUp = setTimeout(() => stopping.abort(), FINISH_MS);
    // At the same time: who waited for events to be published first would take one job after the other meanwhile.
    await Promise.all([queue.close(), clockwork.stop()]);
    clearTimeout(giveUp);
    stopping.abort();
    await syncPages.idle();
    await stores.close();
  });
  return { deps, url: listening.url, operatorKey: operatorKey.key, operatorKeyPath: operatorKey.path, stop };
}

/** What a process does in each role, and where it listens. */
const PARTS: Readonly<
  Record<
    Role,
    (settings: ProcessSettings) => { readonly answers: boolean; readonly works: boolean; readonly port: number }
  >
> = {
  all: ({ port }) => ({ answers: true, works: true, port }),
  api: ({ port }) => ({ answers: true, works: false, port }),
  worker: ({ workerPort }) => ({ answers: false, works: true, port: workerPort }),
};

/** The services' dependencies, and what the process needs to hold in its hand. */
async function assemble({ stores, clock, queue, logger }: Opened, settings: ProcessSettings, overrides: Overrides) {
  const { tuning, around = (parts: Parts) => parts } = overrides;
  const stopping = new AbortController();
  const { secretKey, operatorKey } = await loadKeys(stores, settings, logger);
  const holder: { clockwork?: Clockwork } = {};
  const deps = around({
    stores,
    clock,
    logger,
    queue,
    identifiers: createIdentifiers(clock),
    secrets: createSecrets(secretKey.key),
    directories: createDirectories({
      googleBaseUrl: settings.googleBaseUrl,
      microsoftLoginUrl: settings.microsoftLoginUrl,
      microsoftGraphUrl: settings.microsoftGraphUrl,
      clock,
      random: Math.random,
      logger,
      signal: stopping.signal,
      ...overrides.directories,
    }),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    tuning: { ...TUNING, ...tuning },
    inTurn: createTurns(),
    onEvents: () => holder.clockwork?.publishSoon(),
  });
  const clockwork = createClockwork(deps);
  holder.clockwork = clockwork;
  return { deps, clockwork, operatorKey, stopping };
}

async function loadKeys(stores: Stores, { dataDir, ...configured }: ProcessSettings, logger: Logger) {
  const hasSealed = await stores.hasSealed();
  const secretKey = loadOrCreateKey({ configured: configured.secretKey, dataDir, hasSealed });
  const operatorKey = loadOrCreateOperatorKey({ configured: configured.operatorKey, dataDir });
  for (const { warning } of [secretKey, operatorKey]) if (warning) logger.warn({}, warning);
  return { secretKey, operatorKey };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}
