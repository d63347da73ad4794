import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guarded, postGuard } from './guard.ts';
import type { ServerName } from './server-facts.ts';

const PATIENCE_S = 900;

const WHAT: { readonly [Name in ServerName]: string } = {
  mongo: 'a MongoDB wire server (DocumentDB and FerretDB, about 3 minutes and 1 GB)',
  redis: 'Redis (a few seconds and 10 MB)',
};

/**
 * Fills the folder with a server, once: whoever comes second waits for the first, and an interrupted one leaves no folder.
 * Resolves to null, or to what went wrong; the end of what the recipe said is then on stderr.
 */
export async function setUpServer(name: ServerName, folder: string): Promise<string | null> {
  process.stderr.write(`Rollcall's tests install ${WHAT[name]} into ${folder}; ROLLCALL_TEST_SERVERS=off says no.\n`);
  const recipe = fileURLToPath(new URL(`set-up-${name}.sh`, import.meta.url));
  const status = await runRecipe(recipe, folder);
  if (status === 0) return null;
  process.stderr.write(`${lastLines(logOf(folder))}\n`);
  return `setting up a server failed, see ${logOf(folder)}`;
}

/** Begins only when it is told to: whoever ends before the guard knows of it has begun nothing. */
const WHEN_TOLD = 'read -r go && exec "$0" "$@" </dev/null';

/** Runs a recipe with the folder it is to fill, alone on this machine; resolves to its status, null when a signal ended it. */
export async function runRecipe(recipe: string, folder: string): Promise<number | null> {
  mkdirSync(dirname(folder), { recursive: true });
  const log = openSync(logOf(folder), 'a');
  postGuard();
  const command = ['flock', '--wait', String(PATIENCE_S), `${folder}.lock`, 'bash', recipe, folder];
  const child = spawn('sh', ['-c', WHEN_TOLD, ...command], {
    stdio: ['pipe', log, log],
    detached: true,
    timeout: PATIENCE_S * 1000,
  });
  closeSync(log);
  const release = guarded({ group: child.pid, signal: 'SIGTERM' });
  child.stdin?.end('go\n');
  const [status] = (await once(child, 'exit')) as [number | null];
  release();
  return status;
}

const logOf = (folder: string) => `${folder}.log`;

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
}
