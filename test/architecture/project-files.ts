import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sources } from './source-facts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = /(^|\/)node_modules$|^(.git|data|coverage|.cache)$/;

/** Every text file of the project by its path from the root. */
export function projectFiles(): Sources {
  const paths = globSync('**/{*,.*}', { cwd: ROOT, exclude: (name) => NOT_OURS.test(name) })
    .concat(globSync('.ci/**', { cwd: ROOT }))
    .filter((path) => statSync(join(ROOT, path)).isFile());
  const texts = [...new Set(paths)].sort().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')] as const);
  return Object.fromEntries(texts.filter(([, text]) => !text.includes('\0')));
}
