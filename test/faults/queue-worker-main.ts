import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openQueueUnderTest } from './queue-under-test.ts';

const PAYLOAD = z.object({ n: z.number(), takesMs: z.number().optional(), ends: z.boolean().optional() });

/** A worker process of the fault tests: `queue-worker-main.ts <redis url> <prefix>`. It writes what it begins and what it has done. */
async function main(): Promise<void> {
  const [url = '', prefix = ''] = process.argv.slice(2);
  const { queue } = await openQueueUnderTest(url, { prefix });
  queue.register({
    name: 'work',
    parse: (payload) => PAYLOAD.parse(payload),
    async run({ n, takesMs = 0, ends = false }) {
      say({ begun: n });
      if (ends) process.kill(process.pid, 'SIGKILL');
      await sleep(takesMs);
      say({ done: n });
    },
  });
  queue.start();
  say({ ready: true });
}

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

await main();
