import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export type ServerName = 'mongo' | 'redis';

/** What this machine and its environment offer for one kind of server. */
export interface ServerFacts {
  /** Given by the caller, to be used as it is. */
  readonly url: string | null;
  /** The server's program on PATH. */
  readonly program: string | null;
  /** Where a set-up of ours is, or would be. */
  readonly folder: string;
  readonly isSetUp: boolean;
  /** What a set-up needs and this machine has not. */
  readonly lacking: readonly string[];
  readonly isRoot: boolean;
  readonly mayInstall: boolean;
}

interface Row {
  readonly variable: string;
  readonly program: string;
  readonly folder: string;
  readonly tools: readonly string[];
}

const ROWS: { readonly [Name in ServerName]: Row } = {
  mongo: {
    variable: 'MONGODB_TEST_URL',
    program: 'mongod',
    folder: 'documentdb-ferretdb-2.7',
    tools: ['apt-get', 'chroot', 'flock', 'go'],
  },
  redis: {
    variable: 'REDIS_TEST_URL',
    program: 'redis-server',
    folder: 'redis',
    tools: ['apt-get', 'dpkg-deb', 'flock'],
  },
};

/** Looks around without starting or changing anything. */
export function readServerFacts(name: ServerName, env: NodeJS.ProcessEnv = process.env): ServerFacts {
  const { variable, program, folder, tools } = ROWS[name];
  const home = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rollcall', 'test-servers');
  const isRoot = process.getuid?.() === 0;
  const needed: readonly (readonly [string, boolean])[] = [
    ['Debian or Ubuntu', existsSync('/etc/debian_version')],
    ['to be root', isRoot],
    ...tools.map((tool) => [`${tool} on PATH`, onPath(tool, env) !== null] as const),
  ];
  return {
    url: env[variable] || null,
    program: onPath(program, env),
    folder: join(home, folder),
    isSetUp: existsSync(join(home, folder)),
    lacking: needed.filter(([, isThere]) => !isThere).map(([need]) => need),
    isRoot,
    mayInstall: env.ROLLCALL_TEST_SERVERS !== 'off',
  };
}

function onPath(program: string, { PATH = '' }: NodeJS.ProcessEnv): string | null {
  const candidates = PATH.split(delimiter).map((folder) => join(folder, program));
  return candidates.find((path) => isExecutable(path)) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
