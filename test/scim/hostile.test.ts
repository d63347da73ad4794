import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { watchBuiltIns } from './builtins.ts';
import type { Answer, Body } from './client.ts';
import { aPerson, expectBody, expectError } from './expectations.ts';
import { HOSTILE_STRINGS } from './hostile-strings.ts';
import { type ScimServer, startScim } from './server.ts';

const MOST_MS = 50;
const LONGEST_URL = 15_000;

describe('SCIM under hostile strings (S03)', () => {
  let scim: ScimServer;
  let user: Body;
  before(async () => {
    scim = await startScim();
    const emails = [{ type: 'work', value: 'work@example.com' }];
    user = expectBody(await scim.post('/Users', aPerson({ emails })), 201);
    await scim.get('/Users');
  });
  after(() => scim.stop());

  /** The quickest of three, so that another process on this machine is not taken for a slow answer. */
  const quickly = async (send: () => Promise<Answer>): Promise<Answer> => {
    const answers = [await send(), await send(), await send()];
    expect(Math.min(...answers.map(({ ms }) => ms))).to.be.below(MOST_MS);
    return answers[0] as Answer;
  };

  for (const [index, hostile] of HOSTILE_STRINGS.entries()) {
    const name = `${index} ${JSON.stringify(hostile.slice(0, 30))}`;
    const encoded = encodeURIComponent(hostile.toWellFormed());
    const fits = encoded.length < LONGEST_URL;

    it(`answers string ${name} as a filter, a path, a list of attributes, an order and a search`, async () => {
      const tampered = watchBuiltIns();
      if (fits) {
        const filtered = await quickly(() => scim.get(`/Users?filter=${encoded}`));
        if (filtered.status === 400) expectError(filtered, 400, 'invalidFilter');
        else expect(expectBody(filtered, 200).totalResults).to.equal(0);
        const shown = expectBody(await quickly(() => scim.get(`/Users/${user.id}?attributes=${encoded}`)), 200);
        expect(Object.keys(shown)).to.include.members(['schemas', 'id']);
        const without = await quickly(() => scim.get(`/Users/${user.id}?excludedAttributes=${encoded}`));
        expect(Object.keys(expectBody(without, 200))).to.include.members(['schemas', 'id']);
        const sorted = await quickly(() => scim.get(`/Users?sortBy=${encoded}`));
        if (sorted.status === 200) expect(sorted.body.Resources[0].id).to.equal(user.id);
        else expectError(sorted, 400, sorted.body.scimType);
      }
      for (const endpoint of ['/.search', '/Users/.search'])
        for (const search of [{ filter: hostile }, { attributes: [hostile], sortBy: hostile, cursor: hostile }]) {
          const found = await quickly(() => scim.post(endpoint, search));
          if (found.status === 200) expect(expectBody(found, 200).totalResults).to.equal(0);
          else expectError(found, 400, found.body.scimType);
        }
      for (const operation of [
        { op: 'replace', path: hostile, value: 'x' },
        { op: 'remove', path: hostile },
        { op: 'add', value: { [`emails[${hostile}].value`]: 'x' } },
      ]) {
        const answer = await quickly(() => scim.patch(`/Users/${user.id}`, [operation]));
        expect(answer.status, answer.text).to.equal(400);
        expectError(answer, 400, answer.body.scimType);
      }
      const named = await quickly(() => scim.patch(`/Users/${user.id}`, [{ op: 'add', value: { [hostile]: null } }]));
      expect(named.status, named.text).to.be.oneOf([200, 400]);
      expect(expectBody(await scim.get(`/Users/${user.id}`), 200)).to.deep.equal(user);
      expect(tampered()).to.deep.equal([]);
    });
  }

  it('answers them all the same without __proto__', async () => {
    const script = fileURLToPath(new URL('./hostile-process.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--disable-proto=delete', script], {
      timeout: 20_000,
    });
    const { protoIsGone, statuses } = JSON.parse(stdout);
    expect(protoIsGone).to.equal(true);
    expect(statuses).to.have.length(HOSTILE_STRINGS.length);
    expect(statuses.every((status: number) => status === 200 || status === 400)).to.equal(true);
  }).timeout(25_000);
});
