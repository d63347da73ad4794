import type { ServerFacts, ServerName } from './server-facts.ts';

/** How a server is had; the first one that this machine allows. */
export type ServerPlan =
  | { readonly use: 'url'; readonly url: string }
  | { readonly use: 'program'; readonly program: string }
  /** What an earlier set-up has left in the folder. */
  | { readonly use: 'set-up'; readonly folder: string }
  /** Nothing is there yet: fill the folder first. */
  | { readonly use: 'install'; readonly folder: string }
  | { readonly use: 'nothing'; readonly because: string };

const ADVICE: { readonly [Name in ServerName]: string } = {
  mongo:
    'there is no MongoDB: docker run -d -p 127.0.0.1:27017:27017 mongo:8, then set MONGODB_TEST_URL=mongodb://127.0.0.1:27017',
  redis:
    'there is no Redis: docker run -d -p 127.0.0.1:6379:6379 redis:8, then set REDIS_TEST_URL=redis://127.0.0.1:6379',
};

/** A set-up of MongoDB is started in a root folder of its own, which only root may do. */
const NEEDS_ROOT: { readonly [Name in ServerName]: boolean } = { mongo: true, redis: false };

/** Decides how the server is had. Pure. */
export function planServer(name: ServerName, facts: ServerFacts): ServerPlan {
  const { url, program, folder } = facts;
  if (url) return { use: 'url', url };
  if (program) return { use: 'program', program };
  if (facts.isSetUp && (facts.isRoot || !NEEDS_ROOT[name])) return { use: 'set-up', folder };
  const obstacles = [...(facts.mayInstall ? [] : ['ROLLCALL_TEST_SERVERS to be other than "off"']), ...facts.lacking];
  if (obstacles.length === 0) return { use: 'install', folder };
  return { use: 'nothing', because: `${ADVICE[name]}. Setting one up by itself needs ${obstacles.join(', ')}` };
}

/** The same for a server that a test may kill and freeze, so it must be our own, whatever the URL. */
export function planOwnServer(name: ServerName, facts: ServerFacts): ServerPlan {
  const plan = planServer(name, { ...facts, url: null });
  if (plan.use !== 'nothing' || !facts.url) return plan;
  return {
    use: 'nothing',
    because: `the server at ${new URL(facts.url).host} is not ours to kill, and ${plan.because}`,
  };
}
