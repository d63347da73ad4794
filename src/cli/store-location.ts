import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from './command.ts';

/** Where a store is, as said on the command line. */
export interface StoreLocation {
  readonly kind: 'folder' | 'mongodb';
  /** What opens it: a path, or a URL that may hold credentials and is never shown. */
  readonly address: string;
  /** What it is called: always the same for the same place, and without credentials. */
  readonly name: string;
}

/** What a URL that names no database stands for. */
const DEFAULT_DATABASE = '/rollcall';

/** User and password, hosts, database, query. Whoever has an @, / or ? in a password must write it percent-encoded. */
const MONGODB_URL = /^(mongodb(?:\+srv)?:\/\/)(?:[^/?@]*@)?([^/?@]+)(\/[^/?@]*)?(\?.*)?$/s;

/** Reads a store's place. Throws UsageError, without repeating what was given, when it is none. */
export function readLocation(option: string, text: string | undefined): StoreLocation {
  if (!text) throw new UsageError(`--${option} is missing: the folder of an embedded store, or a mongodb:// URL`);
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'folder', address: resolve(text), name: resolve(text) };
  const parts = MONGODB_URL.exec(text);
  if (!parts)
    throw new UsageError(
      `--${option} is no usable mongodb:// URL (in user and password, write @ : / ? percent-encoded)`,
    );
  const [, scheme, hosts, path = '/'] = parts;
  return { kind: 'mongodb', address: text, name: `${scheme}${hosts}${path === '/' ? DEFAULT_DATABASE : path}` };
}

/** Throws UsageError for a folder without an embedded store: opening it would make one. */
export function checkHoldsStore({ kind, name }: StoreLocation): void {
  if (kind === 'folder' && !existsSync(join(name, 'rollcall.db')))
    throw new UsageError(`the folder ${name} holds no embedded store of Rollcall (no file rollcall.db)`);
}
