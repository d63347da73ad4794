import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { until } from '../support/rollcall.ts';
import { describeOnOwnServers } from './describe-on.ts';

const SCRIPT = `
  import { startOwnRedis } from '${new URL('redis-server.ts', import.meta.url).href}';
  import { startOwnMongo } from '${new URL('mongo-server.ts', import.meta.url).href}';
  const servers = await Promise.all([startOwnRedis(), startOwnMongo()]);
  servers[0].freeze();
  console.log(JSON.stringify(servers.flatMap(({ pids, folder }) => [...pids().map(String), folder])));
  if (process.argv[1] !== 'end') setInterval(() => {}, 1_000);
`;

describeOnOwnServers('servers of a test process', () => {
  for (const end of ['end', 'SIGTERM', 'SIGINT', 'SIGKILL'] as const)
    it(`are gone, with their data, after ${end === 'end' ? 'its end' : end}`, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, end], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const things = JSON.parse(line) as string[];
      expect(things.length).to.be.greaterThan(3);
      if (end !== 'end') child.kill(end);
      await exited;
      await until('nothing is left', async () => !things.some(isLeft));
    }).timeout(30_000);
});

/** Whether a process runs, or a folder exists. What was killed and is not yet collected by its parent does not run. */
function isLeft(thing: string): boolean {
  if (thing.startsWith('/')) return existsSync(thing);
  if (!existsSync(`/proc/${thing}/stat`)) return false;
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${thing}/stat`, 'utf8'));
}
