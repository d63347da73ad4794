import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { createPrivateFile, isOpenToOthers, readPrivateFile } from './private-file.ts';

export interface LoadedKey<T> {
  readonly key: T;
  /** Where the key lies; null when it was configured. */
  readonly path: string | null;
  readonly created: boolean;
  /** A sentence for the operator, without any part of the key. */
  readonly warning: string | null;
}

interface KeyKind<T> {
  readonly file: string;
  readonly name: string;
  make(): string;
  parse(text: string): T | null;
  /** What the operator should know once the key was made. */
  readonly advice: string;
}

const SECRET_KEY: KeyKind<Buffer> = {
  file: 'secret-key',
  name: 'a secret key',
  make: () => randomBytes(32).toString('base64'),
  parse: (text) => {
    const key = Buffer.from(text, 'base64');
    return key.length === 32 && key.toString('base64') === text ? key : null;
  },
  advice: 'keep a copy of it apart from the database: without it no stored credential opens',
};

const OPERATOR_KEY: KeyKind<string> = {
  file: 'operator-key',
  name: 'an operator key',
  make: () => randomBytes(32).toString('base64url'),
  parse: (text) => (/^[\x21-\x7e]{16,}$/.test(text) ? text : null),
  advice: 'send it as the bearer key of the operator API',
};

/**
 * The key that seals stored credentials: the configured one, else the one in `<dataDir>/secret-key`, made there once.
 *
 * Throws AppError `not_configured` with a sentence for the operator when the file is missing although something is sealed
 * already (a new key would not open it), or when the file holds no key.
 */
export function loadOrCreateKey(options: {
  readonly configured: Buffer | null;
  readonly dataDir: string;
  /** Whether the store holds anything sealed. */
  readonly hasSealed: boolean;
}): LoadedKey<Buffer> {
  const path = join(options.dataDir, SECRET_KEY.file);
  if (options.configured) return configured(options.configured);
  if (options.hasSealed && readPrivateFile(path) === null) {
    throw new AppError(
      'not_configured',
      `stored credentials are sealed, but their key is missing: put the file ${path} back, or set ROLLCALL_SECRET_KEY to the key`,
    );
  }
  return fromFile(SECRET_KEY, path);
}

/**
 * The bearer key of the operator API: the configured one, else the one in `<dataDir>/operator-key`, made there once.
 *
 * Throws AppError `not_configured` when the file holds no key.
 */
export function loadOrCreateOperatorKey(options: {
  readonly configured: string | null;
  readonly dataDir: string;
}): LoadedKey<string> {
  if (options.configured) return configured(options.configured);
  return fromFile(OPERATOR_KEY, join(options.dataDir, OPERATOR_KEY.file));
}

const configured = <T>(key: T): LoadedKey<T> => ({ key, path: null, created: false, warning: null });

function fromFile<T>(kind: KeyKind<T>, path: string): LoadedKey<T> {
  const created = readPrivateFile(path) === null && createPrivateFile(path, `${kind.make()}\n`);
  const key = kind.parse(readPrivateFile(path) ?? '');
  if (key === null) throw new AppError('not_configured', `the file ${path} does not hold ${kind.name}`);
  return { key, path, created, warning: warningOf(kind, path, created) };
}

function warningOf(kind: KeyKind<unknown>, path: string, created: boolean): string | null {
  if (created) return `${kind.name} was made in ${path}; ${kind.advice}`;
  return isOpenToOthers(path) ? `${path} can be read by others on this machine: chmod 600 ${path}` : null;
}
