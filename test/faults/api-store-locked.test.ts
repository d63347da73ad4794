import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { ScimClient } from '../scim/client.ts';
import { aPerson, expectBody, expectError } from '../scim/expectations.ts';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';

describe('case-C21 a store that somebody else has locked', function () {
  this.timeout(30_000);
  let folder = '';
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-locked-'));
    rollcall = await startRollcall({ env: { ROLLCALL_DATA_DIR: folder } });
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
  });
  afterEach(async () => {
    await rollcall.stop();
    rmSync(folder, { recursive: true });
  });

  it('is passing trouble: writes are answered 503 with Retry-After, never 4xx, and nothing is half-written', async () => {
    const person = expectBody(await scim.post('/Users', aPerson({ title: 'before' })), 201);
    const rival = new DatabaseSync(join(folder, 'rollcall.db'));
    rival.exec('BEGIN IMMEDIATE');
    const late = { op: 'replace', path: 'title', value: 'late' };
    const answer = await scim.patch(`/Users/${person.id}`, [late]);
    expectError(answer, 503);
    expect(answer.headers['retry-after']).to.match(/^\d+$/);
    expect(expectBody(await scim.get(`/Users/${person.id}`), 200).title, 'reads go on').to.equal('before');
    rival.exec('ROLLBACK');
    rival.close();
    expect(expectBody(await scim.patch(`/Users/${person.id}`, [late]), 200).title).to.equal('late');
  });
});
