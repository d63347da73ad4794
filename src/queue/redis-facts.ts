import type { Redis } from 'ioredis';

/** What decides whether a Redis keeps jobs. Null: it would not say. */
export interface RedisFacts {
  readonly policy: string | null;
  /** Whether it writes what it holds to disk in any way. */
  readonly persistent: boolean | null;
  /** Whether it has reached its memory limit. */
  readonly full: boolean;
}

const KEEPS_EVERYTHING = 'noeviction';

/** Asks a Redis about itself. Throws when it does not answer. */
export async function readRedisFacts(redis: Redis): Promise<RedisFacts> {
  const info = parseInfo(await orNull(() => redis.info()));
  const limit = Number(info.get('maxmemory') ?? 0);
  return {
    policy: info.get('maxmemory_policy') ?? (await readConfig(redis, 'maxmemory-policy')),
    persistent: await isPersistent(redis, info),
    full: limit > 0 && Number(info.get('used_memory') ?? 0) >= limit,
  };
}

/** Why no job may be entrusted to this Redis, or null. */
export function refusal({ policy }: RedisFacts, place: string): string | null {
  if (policy === null || policy === KEEPS_EVERYTHING) return null;
  return (
    `Redis at ${place} throws data away when its memory is full (maxmemory-policy is "${policy}"), and jobs with it; ` +
    'set maxmemory-policy to "noeviction"'
  );
}

/** What an operator should mend about this Redis, in sentences. */
export function concerns(facts: RedisFacts, place: string): readonly string[] {
  return [
    ...(facts.policy === null ? [`Redis at ${place} does not tell its maxmemory-policy; it must be "noeviction"`] : []),
    ...(facts.persistent === false
      ? [
          `Redis at ${place} keeps nothing on disk: jobs that wait are asked for again some seconds after it restarts; set appendonly to "yes"`,
        ]
      : []),
  ];
}

/** What is wrong just now: the log has it already, as every refused command is told there. */
export function shortage({ full }: RedisFacts, place: string): readonly string[] {
  return full ? [`Redis at ${place} has reached its memory limit and takes no more jobs; raise maxmemory`] : [];
}

async function isPersistent(redis: Redis, info: ReadonlyMap<string, string>): Promise<boolean | null> {
  if (info.get('aof_enabled') === '1') return true;
  const schedule = await readConfig(redis, 'save');
  return schedule === null ? null : schedule !== '';
}

/** A setting of the server; null when we may not ask, as with many providers. */
async function readConfig(redis: Redis, name: string): Promise<string | null> {
  const reply = (await orNull(() => redis.config('GET', name))) as readonly string[] | null;
  return reply?.[1] ?? null;
}

/** An answer, or null when we may not ask. */
async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return null;
    if (error instanceof Error && error.message.startsWith('ERR unknown command')) return null;
    throw error;
  }
}

function parseInfo(text: string | null): ReadonlyMap<string, string> {
  const lines = (text ?? '').split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const));
}
