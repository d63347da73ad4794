import { bearerKey, folder, host, key256, logLevel, origin, port, publicUrl, type Reader } from './readers.ts';

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
  googleBaseUrl: {
    env: 'GOOGLE_BASE_URL',
    fallback: null,
    reader: origin,
    secret: false,
    sentence: 'Talk to a simulated Google at this origin instead of the real one. For demos and tests only.',
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
