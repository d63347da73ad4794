import type { Redis } from 'ioredis';
import type { QueueHealth } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import { type QuietLog, reasonOf } from './quiet-log.ts';
import { concerns, type RedisFacts, readRedisFacts, refusal, shortage } from './redis-facts.ts';
import { within } from './within.ts';

export interface RedisWatchOptions {
  readonly redis: Redis;
  readonly place: string;
  readonly logger: Logger;
  readonly quiet: QuietLog;
  readonly everyMs: number;
}

/** Keeps an eye on a Redis. */
export interface RedisWatch {
  /** The first look, at most this long: throws a sentence for the operator when this Redis must not be used; silence is no reason. */
  begin(patienceMs: number): Promise<void>;
  /** As of the last look. */
  health(): QueueHealth;
  stop(): void;
}

/** How often a Redis that must not be used is complained about. */
const REMIND_MS = 60_000;

/**
 * Watches a Redis: asks it about itself every `everyMs` and whenever the connection comes back, and remembers the answer, so that
 * health is told without asking.
 */
export function watchRedis({ redis, place, logger, quiet, everyMs }: RedisWatchOptions): RedisWatch {
  const complain = complainer(logger, place);
  let facts: RedisFacts | null = null;
  let away: string | null = null;
  let timer: NodeJS.Timeout | null = null;

  async function look(): Promise<void> {
    try {
      facts = await readRedisFacts(redis);
      if (away !== null) quiet('info', { redis: place }, 'Redis answers again');
      away = null;
      complain(facts);
    } catch (error) {
      lose(reasonOf(error));
    }
  }

  function lose(reason: string): void {
    away = `Redis at ${place} does not answer; jobs wait until it does (${reason})`;
    quiet('warn', { redis: place, reason }, 'Redis does not answer; jobs wait until it does');
  }

  function repeat(): void {
    timer = setTimeout(() => void look().then(() => timer && repeat()), everyMs);
    timer.unref();
  }

  return {
    async begin(patienceMs) {
      const answered = await within(look(), patienceMs);
      const refused = facts && refusal(facts, place);
      if (refused) throw new Error(refused);
      if (!answered) lose('it could not be reached at the start');
      redis.on('close', () => lose('the connection was lost'));
      redis.on('ready', () => void look());
      repeat();
    },
    health: () => describe(facts, away, place),
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
      redis.removeAllListeners('close');
      redis.removeAllListeners('ready');
    },
  };
}

/** Says each concern once while it lasts, and a refusal again and again. */
function complainer(logger: Logger, place: string): (facts: RedisFacts) => void {
  let said: readonly string[] = [];
  let remindAt = 0;
  return (facts) => {
    const refused = refusal(facts, place);
    if (refused !== null && performance.now() >= remindAt) {
      remindAt = performance.now() + REMIND_MS;
      logger.error({ redis: place }, refused);
    }
    const current = concerns(facts, place);
    for (const concern of current) if (!said.includes(concern)) logger.warn({ redis: place }, concern);
    said = current;
  };
}

function describe(facts: RedisFacts | null, away: string | null, place: string): QueueHealth {
  const refused = facts && refusal(facts, place);
  const details = [
    ...(away === null ? [] : [away]),
    ...(refused ? [refused] : []),
    ...(facts ? [...concerns(facts, place), ...shortage(facts, place)] : []),
  ];
  return { state: details.length === 0 ? 'ok' : 'degraded', details };
}
