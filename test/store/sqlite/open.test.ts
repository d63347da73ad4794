import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { isAppError } from '../../../src/core/errors.ts';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { refused } from '../../contracts/open-stores.ts';
import { aClock } from '../../fixtures/clock.ts';
import { aRun } from '../../fixtures/runs.ts';
import { anOwnedUser, aUser, ORGANIZATION } from '../../fixtures/users.ts';

const HOLDER = new URL('./hold-directory.ts', import.meta.url).pathname;

describe('a data directory', () => {
  let directory = '';
  const open = (dataDir = directory) => openEmbeddedStores({ dataDir, clock: aClock() });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rollcall-store-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** The refusal that opening ends with. */
  function refusal(): string {
    try {
      void open().close();
      return 'it was opened';
    } catch (error) {
      return isAppError(error, 'unavailable') ? error.message : String(error);
    }
  }

  it('is made when it is missing, for its owner only', async () => {
    const nested = join(directory, 'deep', 'down');
    await open(nested).close();
    expect(existsSync(join(nested, 'rollcall.db'))).to.equal(true);
    expect(statSync(nested).mode & 0o077).to.equal(0);
  });

  it('keeps people from one opening to the next', async () => {
    const user = aUser();
    const first = open();
    await first.users.save({ user, events: [] });
    await first.close();
    const second = open();
    expect(await second.users.findByEmail(ORGANIZATION, user.email ?? '')).to.deep.equal(user);
    await second.close();
  });

  it('knows a connection that was first named in a refused write', async () => {
    const first = open();
    const holder = aUser();
    await first.users.save({ user: holder, events: [] });
    const refusedUser = anOwnedUser({ userName: 'a' }, { email: holder.email }, { connectionId: 'new' });
    const user = anOwnedUser({ userName: 'a' }, {}, { connectionId: 'new' });
    await refused(first.users.save({ user: refusedUser, events: [] }), 'email_taken');
    await first.users.save({ user, events: [] });
    await first.close();
    const second = open();
    const query = { organizationId: ORGANIZATION, connectionId: 'new', from: { offset: 0 }, limit: 10 };
    expect((await second.users.listForScim(query)).users).to.deep.equal([holder, user]);
    await second.users.save({ user: anOwnedUser({ userName: 'b' }, {}, { connectionId: 'newer' }), events: [] });
    expect((await second.users.listForScim(query)).total).to.equal(2);
    await second.close();
  });

  it('is refused while the same process has it open', async () => {
    const stores = open();
    expect(refusal()).to.match(/is in use by another Rollcall process$/);
    await stores.close();
    expect(refusal()).to.equal('it was opened');
  });

  it('is refused while another process has it open, and free, with its leases, when that one is killed', async () => {
    const holder = spawn(process.execPath, [HOLDER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = once(holder, 'exit');
    const [said] = await once(holder.stdout, 'data');
    const told = refusal();
    holder.kill('SIGKILL');
    await gone;
    expect(told).to.equal(`the data directory ${directory} is in use by another Rollcall process`);
    const stores = open();
    const taken = await stores.runs.acquire(ORGANIZATION, 'run-1', 'worker-2', 1_000);
    expect(taken?.epoch).to.equal(Number(said) + 1);
    await stores.close();
  }).timeout(30_000);

  it('gives a run back under a new epoch even to the owner of the lease that was cut off', async () => {
    const first = open();
    const run = aRun();
    await first.runs.insert(run);
    await first.runs.acquire(ORGANIZATION, run.id, 'worker-1', 3_600_000);
    await first.close();
    const second = open();
    expect((await second.runs.acquire(ORGANIZATION, run.id, 'worker-1', 1_000))?.epoch).to.equal(2);
    await second.close();
  });

  it('is refused, unchanged, when a newer version wrote it', async () => {
    await open().close();
    const path = join(directory, 'rollcall.db');
    const file = new DatabaseSync(path);
    file.exec('PRAGMA user_version = 99');
    file.close();
    expect(refusal()).to.match(
      /^the database was written by a newer version of Rollcall \(schema 99, this version knows \d+\)/,
    );
    expect(refusal()).to.match(/newer version/);
  });

  it('numbers its migrations and runs each once', async () => {
    await open().close();
    await open().close();
    const file = new DatabaseSync(join(directory, 'rollcall.db'));
    const rows = file.prepare('SELECT number, name FROM migrations ORDER BY number').all();
    const version = file.prepare('PRAGMA user_version').get()?.user_version;
    file.close();
    expect(rows).to.have.length(Number(version));
    expect(rows.map(({ number }) => number)).to.deep.equal(rows.map((_, index) => index + 1));
  });

  it('that holds no database of ours is refused as unavailable', () => {
    writeFileSync(
      join(directory, 'rollcall.db'),
      'this is no database, but long enough to be read as a header of one'.repeat(40),
    );
    expect(refusal()).to.equal('the store cannot answer just now');
  });

  it('answers unavailable once it is closed', async () => {
    const stores = open();
    await stores.ping();
    await stores.close();
    await refused(stores.ping(), 'unavailable');
    await refused(stores.users.get(ORGANIZATION, 'user-1'), 'unavailable');
    await refused(stores.users.save({ user: aUser(), events: [] }), 'unavailable');
  });
});
