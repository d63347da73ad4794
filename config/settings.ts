import {
  bearerKey,
  count,
  folder,
  host,
  key256,
  keyPrefix,
  logLevel,
  mongodbUrl,
  origin,
  port,
  publicUrl,
  type Reader,
  redisUrl,
  role,
} from './readers.ts';

/** One thing an operator may set, by one environment variable. */
export interface Setting<T, Fallback extends string | null = string | null> {
  readonly env: string;
  /** The text that counts when the variable is not set; null: the setting is optional and then null. */
  readonly fallback: Fallback;
  readonly reader: Reader<T>;
  /** What the setting does, for whoever runs Rollcall. */
  readonly sentence: string;
  /** A secret's text is never shown, not even partly, and must not be empty. */
  readonly secret: boolean;
}

/** Every setting of the process. Nothing else is read from the environment. */
export const SETTINGS = {
  port: { env: 'PORT', fallback: '3000', reader: port, secret: false, sentence: 'Port to listen on.' },
  workerPort: {
    env: 'ROLLCALL_WORKER_PORT',
    fallback: '0',
    reader: port,
    secret: false,
    sentence: 'Port on which a process of the role worker answers /health. The default picks a free one and logs it.',
  },
  host: {
    env: 'HOST',
    fallback: '127.0.0.1',
    reader: host,
    secret: false,
    sentence: 'Address to listen on. The default is reachable from this machine only; 0.0.0.0 means every interface.',
  },
  dataDir: {
    env: 'ROLLCALL_DATA_DIR',
    fallback: './data',
    reader: folder,
    secret: false,
    sentence: 'Folder of the embedded database and of the keys Rollcall makes for itself. Back it up.',
  },
  publicUrl: {
    env: 'ROLLCALL_PUBLIC_URL',
    fallback: null,
    reader: publicUrl,
    secret: false,
    sentence:
      'Address under which identity providers reach Rollcall, such as https://people.example.com. Links are made from it, never from the Host header; when unset, from the address listened on.',
  },
  operatorKey: {
    env: 'ROLLCALL_OPERATOR_KEY',
    fallback: null,
    reader: bearerKey,
    secret: true,
    sentence:
      'Bearer key of the operator API. When unset, one is made once and kept in the file operator-key of the data folder.',
  },
  secretKey: {
    env: 'ROLLCALL_SECRET_KEY',
    fallback: null,
    reader: key256,
    secret: true,
    sentence:
      'Key that seals stored credentials. When unset, one is made once and kept in the file secret-key of the data folder. Losing it means connecting every directory again and issuing every SCIM token anew.',
  },
  mongodbUrl: {
    env: 'MONGODB_URL',
    fallback: null,
    reader: mongodbUrl,
    secret: true,
    sentence:
      'Keep everything in this MongoDB instead of the embedded database, such as mongodb://user:password@host1,host2/rollcall?replicaSet=rs0 or mongodb+srv://… ; credentials, TLS and the replica set are parts of the URL. The database is rollcall unless the URL names one.',
  },
  mongodbPoolSize: {
    env: 'MONGODB_POOL_SIZE',
    fallback: '50',
    reader: count(1, 1_000),
    secret: false,
    sentence: 'Connections to MongoDB that a process may have open at most.',
  },
  mongodbTimeoutMs: {
    env: 'MONGODB_TIMEOUT_MS',
    fallback: '10000',
    reader: count(500, 120_000),
    secret: false,
    sentence: 'Milliseconds after which an unanswered MongoDB command counts as failed.',
  },
  redisUrl: {
    env: 'REDIS_URL',
    fallback: null,
    reader: redisUrl,
    secret: true,
    sentence:
      'Carry queued work over this Redis instead of inside the process, such as redis://user:password@host:6379/0, or rediss://… for TLS. Its maxmemory-policy must be noeviction.',
  },
  redisPrefix: {
    env: 'REDIS_PREFIX',
    fallback: 'rollcall',
    reader: keyPrefix,
    secret: false,
    sentence: 'Start of every key in Redis, so that several installations can share one.',
  },
  role: {
    env: 'ROLLCALL_ROLE',
    fallback: 'all',
    reader: role,
    secret: false,
    sentence:
      'What this process does: api answers requests, worker does queued work (and answers /health only), all does both. Separate roles need MONGODB_URL and REDIS_URL.',
  },
  drainMs: {
    env: 'ROLLCALL_DRAIN_MS',
    fallback: '0',
    reader: count(0, 60_000),
    secret: false,
    sentence:
      'Milliseconds for which a process that was told to stop goes on taking requests while /health/ready answers 503, so that a load balancer notices first.',
  },
  scimScanLimit: {
    env: 'SCIM_SCAN_LIMIT',
    fallback: '20000',
    reader: count(1, 10_000_000),
    secret: false,
    sentence:
      'Resources that one SCIM request may look at one by one, where no index answers its filter or its order; beyond that it is refused with tooMany.',
  },
  scimRatePerSecond: {
    env: 'SCIM_RATE_PER_SECOND',
    fallback: '1000',
    reader: count(1, 1_000_000),
    secret: false,
    sentence:
      'SCIM requests a second that this process takes from one connection in the long run; more are answered 429. Providers need at least 25.',
  },
  scimBurst: {
    env: 'SCIM_BURST',
    fallback: '2000',
    reader: count(1, 1_000_000),
    secret: false,
    sentence: 'SCIM requests that one connection may send at once after a pause.',
  },
  googleBaseUrl: {
    env: 'GOOGLE_BASE_URL',
    fallback: null,
    reader: origin,
    secret: false,
    sentence: 'Talk to a simulated Google at this origin instead of the real one. For demos and tests only.',
  },
  microsoftLoginUrl: {
    env: 'MICROSOFT_LOGIN_URL',
    fallback: null,
    reader: origin,
    secret: false,
    sentence:
      'Ask a simulated Microsoft login at this origin for tokens instead of the real one. For demos and tests only.',
  },
  microsoftGraphUrl: {
    env: 'MICROSOFT_GRAPH_URL',
    fallback: null,
    reader: origin,
    secret: false,
    sentence: 'Talk to a simulated Microsoft Graph at this origin instead of the real one. For demos and tests only.',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    fallback: 'info',
    reader: logLevel,
    secret: false,
    sentence: 'How much is logged (JSON lines on standard output).',
  },
} as const satisfies { readonly [name: string]: Setting<unknown> };

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends Setting<infer T, infer Fallback> ? (Fallback extends null ? T | null : T) : never;

/** The settings of the process, read and checked. */
export type ProcessSettings = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };
