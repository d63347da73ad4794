import { expect } from 'chai';
import type { Shelf } from '../../src/ports/archive.ts';
import type { Page } from '../../src/ports/user-store.ts';
import { expireBulks } from '../../src/services/bulk-step.ts';
import { expireImports } from '../../src/services/import-step.ts';
import type { Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FILE = 'name,email\nAda,ada@example.com\nBob,not an address\n';

describeBothWays('A CSV file whose time is over', (way) => {
  const interruptions = createInterruptions();
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let imports: ReturnType<typeof importsOf>;
  let late = 0;
  before(async () => {
    const clock = { now: () => Date.now() + late };
    rollcall = await startRollcall({ env: way.env(), overrides: { clock, around: interruptions.around } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    late = 0;
    organization = await rollcall.addOrganization();
    imports = importsOf(rollcall, organization);
  });

  /** Two beats of the clockwork. */
  const beat = async () => {
    for (let n = 0; n < 2; n++) {
      await expireImports(rollcall.rollcall.deps);
      await expireBulks(rollcall.rollcall.deps);
    }
  };
  /** Pages of this import or bulk action that the store still holds. */
  const stored = async (kind: 'importParts' | 'bulkPages', id: string): Promise<number> => {
    const shelf = rollcall.rollcall.deps.stores.archive.shelf(kind) as Shelf<unknown>;
    const pages: Body[] = [];
    for (let cursor: string | null = null; ; ) {
      const page: Page<unknown> = await shelf.read(cursor, 100);
      pages.push(...page.items);
      cursor = page.next;
      if (cursor === null) return pages.filter(({ importId, bulkId }) => importId === id || bulkId === id).length;
    }
  };

  it('is kept until then, and after 24 hours leaves no bytes, empty lists and a refusal that says so', async () => {
    const reviewed = await imports.review(FILE);
    late = DAY - HOUR;
    await beat();
    expect(await stored('importParts', reviewed.id)).to.be.above(1);
    late = DAY + HOUR;
    expect((await imports.commit(reviewed.id, reviewed.digest)).body).to.include({
      status: 409,
      code: 'import_expired',
    });
    await beat();
    expect(await stored('importParts', reviewed.id)).to.equal(0);
    const entry = await imports.read(reviewed.id);
    expect(entry).to.deep.include({ state: 'expired', counts: reviewed.counts, rows: 2 });
    expect(entry).not.to.have.property('expiresAt');
    expect(await imports.rows(reviewed.id)).to.deep.equal([]);
    expect((await imports.file(reviewed.id, 'errors.csv')).trimEnd()).to.equal('name,email,reason');
    for (const refused of [
      await imports.commit(reviewed.id, reviewed.digest),
      await rollcall.api.put(`${organization.path}/imports/${reviewed.id}/mapping`, {}),
    ])
      expect(refused.body.code).to.equal('import_expired');
    const cancelled = await rollcall.api.post(`${organization.path}/imports/${reviewed.id}/cancel`);
    expect(cancelled.body.code).to.equal('import_state');
    expect(expectStatus(await rollcall.api.get(`${organization.path}/users?status=all`), 200).total).to.equal(0);
  });

  it('leaves no bytes when it was never mapped, or was cancelled', async () => {
    const mapping = await imports.upload(FILE);
    const cancelled = await imports.review(FILE);
    expectStatus(await rollcall.api.post(`${organization.path}/imports/${cancelled.id}/cancel`), 200);
    late = DAY + HOUR;
    await beat();
    expect((await imports.read(mapping.id)).state).to.equal('expired');
    expect((await imports.read(cancelled.id)).state).to.equal('cancelled');
    for (const { id } of [mapping, cancelled]) expect(await stored('importParts', id)).to.equal(0);
  });

  it('leaves no bytes when it failed, and stays failed', async () => {
    const { stores } = rollcall.rollcall.deps;
    interruptions.before('imports.part', 1, async () => {
      const [{ id: importId }] = expectStatus(await rollcall.api.get(`${organization.path}/imports`), 200).items;
      const place = { organizationId: organization.id, importId, part: 'text', page: 0 };
      const rows = 'Ada,a@x.io\n'.repeat(5_000);
      await stores.imports.putPart({ ...place, text: JSON.stringify(`name,email\n${rows}Bob,"b@x.io\n`) });
    });
    const { id, state, failure } = await imports.upload(FILE);
    expect(state).to.equal('failed');
    expect(await stored('importParts', id), 'rows before the fault').to.be.above(0);
    late = DAY + HOUR;
    await beat();
    expect(await stored('importParts', id)).to.equal(0);
    const entry = await imports.read(id);
    expect(entry).to.deep.include({ state: 'failed', failure });
    expect(entry).not.to.have.property('expiresAt');
    expect(await imports.rows(id)).to.deep.equal([]);
    const { path } = organization;
    for (const refused of [
      await rollcall.api.put(`${path}/imports/${id}/mapping`, {}),
      await imports.commit(id, 'digest'),
      await rollcall.api.post(`${path}/imports/${id}/cancel`),
    ])
      expect([refused.status, refused.body.code]).to.deep.equal([409, 'import_state']);
  });

  it('keeps what became of its rows for 30 days when it was carried out', async () => {
    const done = await imports.run(FILE);
    late = 29 * DAY;
    await beat();
    expect((await imports.rows(done.id))[0]).to.include({ outcome: 'create' });
    late = 31 * DAY;
    await beat();
    expect(await stored('importParts', done.id)).to.equal(0);
    const { state, outcomes } = await imports.read(done.id);
    expect({ state, outcomes }).to.deep.equal({ state: 'done', outcomes: { create: 1 } });
  });

  it('leaves no bytes though the process dies before it has erased them', async () => {
    const [reviewed, done] = [await imports.review(FILE), await imports.run(FILE)];
    late = 31 * DAY;
    for (const nth of [1, 1]) {
      interruptions.before('imports.erase', nth, () => {
        throw new Error('killed');
      });
      await expireImports(rollcall.rollcall.deps).catch(() => undefined);
    }
    await beat();
    for (const { id } of [reviewed, done]) expect(await stored('importParts', id)).to.equal(0);
  });

  it('leaves no bytes of an upload that nobody lived to end', async () => {
    for (const [call, nth] of [
      ['imports.save', 2],
      ['imports.remove', 1],
    ] as const)
      interruptions.before(call, nth, () => {
        throw new Error('killed');
      });
    expect((await imports.send(FILE)).status).to.equal(500);
    const list = async () => expectStatus(await rollcall.api.get(`${organization.path}/imports`), 200).items;
    const [{ id, state }] = await list();
    expect(state).to.equal('uploading');
    expect(await stored('importParts', id)).to.be.above(0);
    expect((await imports.commit(id, 'digest')).body.code).to.equal('import_state');
    late = DAY + HOUR;
    await beat();
    expect(await stored('importParts', id)).to.equal(0);
    expect((await list())[0].state).to.equal('expired');
  });

  it('leaves no bytes of a review that was under way', async () => {
    const { id } = await imports.upload(FILE);
    interruptions.before('imports.putPart', 2, async () => {
      late = DAY + HOUR;
      await expireImports(rollcall.rollcall.deps);
    });
    expectStatus(await rollcall.api.put(`${organization.path}/imports/${id}/mapping`, {}), 200);
    await imports.settled(id, ['expired']);
    await beat();
    expect(await stored('importParts', id)).to.equal(0);
  });

  it('is not erased while it is carried out', async () => {
    const reviewed = await imports.review(FILE);
    interruptions.before('users.saveMany', 1, async () => {
      late = 31 * DAY;
      await beat();
      late = 0;
    });
    expect((await imports.carryOut(reviewed)).outcomes).to.deep.equal({ create: 1 });
    expect((await imports.rows(reviewed.id))[0]).to.include({ outcome: 'create' });
  });

  it('goes like an action on many people: no pages are left of one that was not confirmed, whatever died over it', async () => {
    const { id: userId } = await organization.addActiveUser('Ada', 'ada@example.com');
    const body = { action: 'deactivate', select: { ids: [userId] } };
    const bulk = expectStatus(await rollcall.api.post(`${organization.path}/users/bulk`, body), 201);
    late = DAY + HOUR;
    interruptions.before('bulks.erase', 1, () => {
      throw new Error('killed');
    });
    await expireBulks(rollcall.rollcall.deps).catch(() => undefined);
    await beat();
    expect(await stored('bulkPages', bulk.id)).to.equal(0);
  });
});
