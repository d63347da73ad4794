import { Redis, type RedisOptions } from 'ioredis';

export interface RedisConnectionOptions {
  readonly url: string;
  /** After how long a request counts as failed. */
  readonly commandTimeoutMs: number;
  /** The longest pause between two tries to connect. */
  readonly reconnectCapMs: number;
  /** Hears every error of the connection; nobody else does. */
  onError(error: Error): void;
}

const CONNECT_TIMEOUT_MS = 2_000;
const FIRST_PAUSE_MS = 50;
/** After how long without an answer a worker gives a connection up for dead and makes a new one. */
const SILENCE_MS = 30_000;

/** A connection for producers: what it cannot do soon it refuses, as nobody may wait for Redis. */
export function connectForRequests(options: RedisConnectionOptions): Redis {
  return connect(options, { maxRetriesPerRequest: 1, commandTimeout: options.commandTimeoutMs });
}

/** The connections of workers. */
export interface WorkConnection {
  readonly redis: Redis;
  /** Cuts it, and every copy made of it. */
  disconnect(): void;
}

/** A connection for workers: what they ask waits until Redis is back. Each worker makes a copy of it, to wait for work on. */
export function connectForWork(options: RedisConnectionOptions): WorkConnection {
  const redis = connect(options, { maxRetriesPerRequest: null, socketTimeout: SILENCE_MS });
  const all = [redis];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    copy.on('error', options.onError);
    all.push(copy);
    return copy;
  };
  return {
    redis,
    disconnect() {
      for (const each of all) cut(each);
    },
  };
}

/**
 * Ends a connection and fails what was asked on it. Between two tries to connect there is nothing to end, and what was asked would
 * wait for ever: one more try then comes to the end either way.
 */
export function cut(redis: Redis): void {
  const isBetweenTries = redis.status === 'reconnecting';
  redis.disconnect();
  if (!isBetweenTries) return;
  redis.once('connect', () => redis.disconnect());
  redis.connect().catch(() => 'that it cannot connect is known');
}

/** Where a Redis is, for the eyes of an operator: no user, no password. */
export function redisPlace(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '6379'}`;
}

function connect({ url, reconnectCapMs, onError }: RedisConnectionOptions, options: RedisOptions): Redis {
  const all: RedisOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(reconnectCapMs, FIRST_PAUSE_MS * 2 ** Math.min(times, 10)) * jitter(),
    // The server we knew became a replica: its successor answers under the same name.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  };
  const redis = new Redis(url, { ...all, replyMapping: 'legacy' });
  redis.on('error', onError);
  return redis;
}

/** Between a half and one: processes that lost the same Redis do not come back in step. */
const jitter = (): number => 0.5 + Math.random() / 2;
