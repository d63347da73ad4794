import { bringOwnServer } from './bring-server.ts';
import { planServer } from './plan-server.ts';
import { readServerFacts, type ServerName } from './server-facts.ts';

// Sets up what the tests will need, side by side, and starts nothing.
const names: readonly ServerName[] = ['mongo', 'redis'];
const complaints = await Promise.all(names.map(prepare));
for (const complaint of complaints) if (complaint) process.stderr.write(`${complaint}\n`);
if (complaints.some(Boolean)) process.exitCode = 1;

async function prepare(name: ServerName): Promise<string | null> {
  if (planServer(name, readServerFacts(name)).use === 'url') return null;
  const found = await bringOwnServer(name);
  return 'missing' in found ? found.missing : null;
}
