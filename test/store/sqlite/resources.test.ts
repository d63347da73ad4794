import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { resourcesContract } from '../../contracts/stores.contract.ts';
import { aClock } from '../../fixtures/clock.ts';
import { aGroup, membersOf, SPACE, writing } from '../../fixtures/resources.ts';
import { anOwnedUser } from '../../fixtures/users.ts';

describe('ResourceStore on SQLite', () => {
  resourcesContract((clock) => openEmbeddedStores({ dataDir: ':memory:', clock }));

  it('names members whose rows were written before they carried a name', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rollcall-names-'));
    const open = () => openEmbeddedStores({ dataDir: directory, clock: aClock() });
    try {
      const user = anOwnedUser({ userName: 'ada', displayName: 'Ada' });
      const group = aGroup();
      const first = open();
      await first.users.save({ user, events: [] });
      await first.resources.save(writing(group, { add: membersOf([user.scim.id ?? '']) }));
      await first.close();
      const file = new DatabaseSync(join(directory, 'rollcall.db'));
      file.exec('UPDATE users SET shown_name = NULL');
      file.close();
      const second = open();
      const shown = (await second.resources.members(SPACE, [group.id])).get(group.id);
      expect(shown?.members.map(({ display }) => display)).to.deep.equal(['Ada']);
      await second.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
