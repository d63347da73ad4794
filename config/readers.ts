/** Turns the text of an environment variable into a value; undefined means the text is not usable. */
export interface Reader<T> {
  /** Completes "NAME must be …". */
  readonly mustBe: string;
  read(text: string): T | undefined;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const ROLES = ['all', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const WEB_PROTOCOLS: readonly string[] = ['http:', 'https:'];

export const port: Reader<number> = {
  mustBe: 'a port number from 0 to 65535 (0 picks a free one)',
  read: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined),
};

/** A host name or an IP address to listen on; whether it exists shows when listening starts. */
export const host: Reader<string> = {
  mustBe: 'a host name or an IP address, without scheme or port',
  read: (text) => (/^[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+(%[\w.-]+)?$/.test(text) ? text : undefined),
};

export const folder: Reader<string> = {
  mustBe: 'the path of a folder',
  read: (text) => (text.includes('\0') ? undefined : text),
};

export const logLevel: Reader<LogLevel> = {
  mustBe: `one of ${LOG_LEVELS.join(', ')}`,
  read: (text) => LOG_LEVELS.find((level) => level === text),
};

export const role: Reader<Role> = {
  mustBe: `one of ${ROLES.join(', ')}`,
  read: (text) => ROLES.find((name) => name === text),
};

/** A whole number between two bounds, both allowed. */
export function count(least: number, most: number): Reader<number> {
  return {
    mustBe: `a whole number from ${least} to ${most}`,
    read: (text) =>
      /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined,
  };
}

/** Several hosts in a row make it no URL that the platform can parse; the driver checks the rest when it connects. */
export const mongodbUrl: Reader<string> = {
  mustBe: 'a mongodb:// or mongodb+srv:// connection string',
  read: (text) => (/^mongodb(\+srv)?:\/\/[^\s/?#]+(\/[^\s]*)?$/.test(text) ? text : undefined),
};

export const redisUrl: Reader<string> = {
  mustBe: 'a redis:// or rediss:// URL',
  read: (text) =>
    /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text) && new URL(text).host !== '' ? text : undefined,
};

export const keyPrefix: Reader<string> = {
  mustBe: 'letters, digits, - and _, at most 60, in braces or not',
  read: (text) => (/^(\{[\w-]{1,60}\}|[\w-]{1,60})$/.test(text) ? text : undefined),
};

/** A web address others are given as the start of links: no credentials, query, fragment or trailing slash. */
export const publicUrl: Reader<string> = {
  mustBe: 'an absolute http or https URL without credentials, query, fragment or trailing slash',
  read: (text) => {
    const url = webUrl(text);
    const bare = url && !url.search && !url.hash && !/[?#]/.test(text) && !text.endsWith('/');
    return bare ? text : undefined;
  },
};

/** Scheme, host and port of a server, nothing behind them. */
export const origin: Reader<string> = {
  mustBe: 'an http or https origin such as http://127.0.0.1:4000',
  read: (text) => (webUrl(text)?.origin === text ? text : undefined),
};

/** A key of 256 bits, in standard base64. */
export const key256: Reader<Buffer> = {
  mustBe: '32 random bytes in base64 (44 characters ending in =)',
  read: (text) => {
    const bytes = Buffer.from(text, 'base64');
    return bytes.length === 32 && bytes.toString('base64') === text ? bytes : undefined;
  },
};

/** Fits an Authorization header as it is. */
export const bearerKey: Reader<string> = {
  mustBe: 'at least 16 visible ASCII characters without spaces',
  read: (text) => (/^[\x21-\x7e]{16,}$/.test(text) ? text : undefined),
};

function webUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && WEB_PROTOCOLS.includes(url.protocol) && !url.username && !url.password ? url : null;
}
