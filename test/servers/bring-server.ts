import type { MissingServer, TestServer } from './own-server.ts';
import { planOwnServer, planServer, type ServerPlan } from './plan-server.ts';
import { readServerFacts, type ServerName } from './server-facts.ts';
import { setUpServer } from './set-up.ts';

/** Programs on this machine that can be started. */
export type Startable = Extract<ServerPlan, { readonly use: 'program' | 'set-up' }>;

const setUps = new Map<ServerName, Promise<string | null>>();

/** The server that the environment names, else one that is started here, set up before if need be. */
export async function bringServer(
  name: ServerName,
  start: (found: Startable) => Promise<TestServer>,
): Promise<TestServer | MissingServer> {
  const plan = planServer(name, readServerFacts(name));
  if (plan.use === 'url') return { url: plan.url };
  const found = await startable(name, plan);
  return 'missing' in found ? found : start(found);
}

/** What a server of our own is started from, set up before if need be. */
export function bringOwnServer(name: ServerName): Promise<Startable | MissingServer> {
  return startable(name, planOwnServer(name, readServerFacts(name)));
}

async function startable(name: ServerName, plan: ServerPlan): Promise<Startable | MissingServer> {
  if (plan.use === 'nothing') return { missing: plan.because };
  if (plan.use === 'url') throw new Error(`what is at ${plan.url} runs already`);
  if (plan.use !== 'install') return plan;
  const setUp = setUps.get(name) ?? setUpServer(name, plan.folder);
  setUps.set(name, setUp);
  const complaint = await setUp;
  return complaint === null ? { use: 'set-up', folder: plan.folder } : { missing: complaint };
}
