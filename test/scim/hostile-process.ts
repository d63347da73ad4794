import { HOSTILE_STRINGS } from './hostile-strings.ts';
import { startScim } from './server.ts';

/** Run on its own, with Node's `--disable-proto=delete`: sends every hostile string as a PATCH path and prints the statuses. */
const scim = await startScim();
const { id } = (await scim.post('/Users', { userName: 'ada@example.com' })).body;
const statuses: number[] = [];
for (const path of HOSTILE_STRINGS)
  statuses.push((await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }])).status);
const protoIsGone = !Object.hasOwn(Object.prototype, '__proto__');
process.stdout.write(JSON.stringify({ protoIsGone, statuses }));
await scim.stop();
