/** A process that writes people as fast as it can and says so, until it is killed. */
import type { User } from '../../../src/core/user.ts';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { anEvent } from '../../fixtures/events.ts';
import { aDirectoryRecord, aUser, changed } from '../../fixtures/users.ts';

const [, , dataDir = '', round = ''] = process.argv;
const { users, events } = openEmbeddedStores({ dataDir, clock: { now: () => Date.now() } });

const acknowledge = (people: readonly User[]) =>
  process.stdout.write(people.map(({ id, version }) => `${id} ${version}\n`).join(''));

const filler = 'x'.repeat(1_000);
let known: readonly User[] = [];
for (let turn = 0; ; turn++) {
  const id = (n: number) => `user-${round}-${turn}-${n}`;
  const page = Array.from({ length: 5 }, (_, n) => aUser({ id: id(n), records: [aDirectoryRecord('google', id(n))] }));
  await users.saveMany(page.map((user) => ({ user, events: [anEvent(user, 1)] })));
  acknowledge(page);
  known = [...known.slice(-20), ...page];
  const next = known.map((user) =>
    changed(user, { attributes: { title: `${filler} ${turn}` }, email: `${turn}.${user.email}` }),
  );
  for (const user of next) {
    await users.save({ user, events: [anEvent(user, user.version)] });
    acknowledge([user]);
  }
  known = next.map((user) => ({ ...user, email: `${user.id}@example.com` }));
  await events.relay(20);
}
