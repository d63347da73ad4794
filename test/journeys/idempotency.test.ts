import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { createInterruptions, type Interruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How often whoever works on a request says so. */
const CLAIM_MS = 20;

describeBothWays('a request with an Idempotency-Key', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let interruptions: Interruptions;
  let users = '';
  let later = 0;
  beforeEach(async () => {
    later = 0;
    const clock = { now: () => Date.now() + later };
    interruptions = createInterruptions();
    const { around } = interruptions;
    rollcall = await startRollcall({ env: way.env(), overrides: { clock, around, tuning: { claimMs: CLAIM_MS } } });
    organization = await rollcall.addOrganization();
    users = `${organization.path}/users`;
  });
  afterEach(() => rollcall.stop());

  const post = (path: string, body: unknown, key: string) => rollcall.api.post(path, body, { 'idempotency-key': key });
  const add = (name: string, key: string) => post(users, { name, email: 'ada@example.com' }, key);
  const historyOf = async (id: string): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${users}/${id}/history`), 200).items;

  it('that comes again is answered as the first time, and not done again', async () => {
    const first = await add('Ada', 'k1');
    expect(first.status).to.equal(201);
    expect(first.headers).not.to.have.property('idempotent-replayed');
    const again = await add('Ada', 'k1');
    expect(again.status).to.equal(201);
    expect(again.body).to.deep.equal(first.body);
    expect(again.headers).to.include({ etag: first.headers.etag, 'idempotent-replayed': 'true' });
    expect((await add('Ada', 'k2')).body.code).to.equal('email_taken');
  });

  it('replays lifecycle calls, also when somebody has moved the person on since', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const activate = () => post(`${users}/${id}/activate`, { reason: 'first day' }, 'k1');
    const first = expectStatus(await activate(), 200);
    const { version } = expectStatus(await rollcall.api.post(`${users}/${id}/terminate`), 200);
    expect(expectStatus(await activate(), 200)).to.deep.equal(first);
    expect(await organization.user(id)).to.include({ status: 'terminated', version });
  });

  it('is another one: 422, and nothing is done', async () => {
    const { body: ada } = await add('Ada', 'k1');
    for (const [path, body] of [
      [users, { name: 'Bob', email: 'bob@example.com' }],
      [`${users}/${ada.id}/activate`, {}],
    ] as const) {
      const answer = await post(path, body, 'k1');
      expect(answer.status).to.equal(422);
      expect(answer.body.code).to.equal('idempotency_key_reused');
    }
    const { body } = await rollcall.api.get(`${users}?status=all`);
    expect(body.items).to.deep.equal([ada]);
  });

  it('that was refused may come again, mended', async () => {
    const { id } = await organization.addUser('Grace', 'ada@example.com');
    expect((await add('Ada', 'k1')).status).to.equal(409);
    expectStatus(await rollcall.api.patch(`${users}/${id}`, { email: 'grace@example.com' }), 200);
    expect((await add('Ada', 'k1')).status).to.equal(201);
  });

  it('sent many times at once is done once', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(`${users}/${id}/activate`, {}, 'k1')));
    const codes = answers.map(({ status, body }) => (status === 200 ? 'done' : body.code));
    expect(codes).to.include('done');
    expect(new Set(codes)).to.satisfy((seen: ReadonlySet<string>) =>
      [...seen].every((code) => code === 'done' || code === 'request_in_progress'),
    );
    expect(await historyOf(id)).to.have.length(2);
  });

  it('is forgotten after 24 hours, and not before', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const activate = async () => expectStatus(await post(`${users}/${id}/activate`, {}, 'k1'), 200);
    const first = await activate();
    expectStatus(await rollcall.api.post(`${users}/${id}/deactivate`), 200);
    later = 23 * HOUR_MS;
    expect(await activate()).to.deep.equal(first);
    expect((await organization.user(id)).status).to.equal('deactivated');
    later = 25 * HOUR_MS;
    expect((await activate()).version).to.be.above(first.version);
    expect((await organization.user(id)).status).to.equal('active');
  });

  it('whose answer cannot be kept is answered, and not done again for 24 hours', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const activate = (key: string) => post(`${users}/${id}/activate`, {}, key);
    interruptions.before('users.save', 1, keepingNothing);
    expect(expectStatus(await activate('k1'), 200).status).to.equal('active');
    interruptions.clear();
    expectStatus(await rollcall.api.post(`${users}/${id}/deactivate`), 200);
    for (const [after, code] of [
      [0, 'request_in_progress'],
      [MINUTE_MS, 'outcome_unknown'],
      [23 * HOUR_MS, 'outcome_unknown'],
    ] as const) {
      later = after;
      expect(expectStatus(await activate('k1'), 409).code).to.equal(code);
      expect((await organization.user(id)).status).to.equal('deactivated');
    }
    expect(expectStatus(await activate('k2'), 200).status).to.equal('active');
    expectStatus(await rollcall.api.post(`${users}/${id}/deactivate`), 200);
    later = 25 * HOUR_MS;
    expect(expectStatus(await activate('k1'), 200).status).to.equal('active');
  });

  it('that fails midway says at once that its outcome is not known, and another key may follow', async () => {
    interruptions.before('users.save', 1, failing);
    expect((await add('Ada', 'k1')).status).to.equal(500);
    expect(expectStatus(await add('Ada', 'k1'), 409).code).to.equal('outcome_unknown');
    expect((await add('Ada', 'k2')).status).to.equal(201);
  });

  it('belongs to its organization, and a preview does not use it up', async () => {
    const { body: ada } = await add('Ada', 'k1');
    const other = await rollcall.addOrganization('Other');
    const twin = await post(`${other.path}/users`, { name: 'Ada', email: 'ada@example.com' }, 'k1');
    expect(twin.status).to.equal(201);
    expect(twin.body.id).not.to.equal(ada.id);
    expectStatus(await post(`${users}/${ada.id}/activate?preview=true`, {}, 'k2'), 200);
    expect(expectStatus(await post(`${users}/${ada.id}/activate`, {}, 'k2'), 200).status).to.equal('active');
  });

  it('may be any write to people: access, block, host id, agencies, many at once', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    expectStatus(await rollcall.api.post(`${users}/${id}/activate`), 200);
    const writes = [
      ['PUT', `${users}/${id}/access`, { level: 'elevated', roles: [] }],
      ['PUT', `${users}/${id}/host-id`, { hostId: 'h-1' }],
      ['PUT', `${users}/${id}/block`, { reason: 'lost a laptop' }],
      ['PATCH', `${users}/${id}`, { title: 'Lead' }],
      ['POST', `${organization.path}/agencies`, { name: 'Talent', roles: [] }],
      ['POST', `${users}/bulk`, { action: 'deactivate', select: { ids: [id] } }],
    ] as const;
    for (const [method, path, body] of writes) {
      const send = () =>
        rollcall.api.send({
          method,
          path: `/api${path}`,
          body,
          headers: { 'idempotency-key': `${method} ${path}`.replaceAll(' ', '-') },
        });
      const first = await send();
      expect(first.status, path).to.be.within(200, 202);
      const again = await send();
      expect(again.headers, path).to.include({ 'idempotent-replayed': 'true' });
      expect(again.body, path).to.deep.equal(first.body);
    }
  });

  /** Neither an answer nor that somebody works on it. */
  function keepingNothing(): void {
    for (let nth = 1; nth <= 100; nth++) interruptions.before('keptAnswers.save', nth, failing);
  }

  async function isInProgressFor(ask: () => Promise<ApiAnswer>): Promise<void> {
    for (let n = 0; n < 3; n++) {
      later += 2 * MINUTE_MS;
      await until('it is in progress', async () => (await ask()).body.code === 'request_in_progress');
    }
  }

  it('that takes longer than a minute is in progress all the time, and not once that ended without a word', async () => {
    interruptions.before('users.save', 1, async () => {
      await isInProgressFor(() => add('Ada', 'k1'));
      keepingNothing();
    });
    expect((await add('Ada', 'k1')).status).to.equal(201);
    interruptions.clear();
    later += 2 * MINUTE_MS;
    await sleep(5 * CLAIM_MS);
    expect(expectStatus(await add('Ada', 'k1'), 409).code).to.equal('outcome_unknown');
  });

  describe('that carries a file', () => {
    const FILE = 'name,email\nAda,ada@example.com\n';
    const headersOf = (key: string) => ({ 'content-type': 'text/csv', 'idempotency-key': key });
    const send = (raw: string, { key = 'k1', query = '', type = 'text/csv' } = {}) =>
      rollcall.api.send({
        method: 'POST',
        path: `/api${organization.path}/imports${query}`,
        raw,
        headers: { ...headersOf(key), 'content-type': type },
      });
    const listed = async (): Promise<readonly Body[]> =>
      expectStatus(await rollcall.api.get(`${organization.path}/imports`), 200).items;

    /** Sends the file, where more is to come. */
    async function begin(length: number): Promise<ClientRequest> {
      const { hostname, port } = new URL(rollcall.url);
      const path = `/api${organization.path}/imports`;
      const headers = { ...headersOf('k1'), authorization: `Bearer ${rollcall.operatorKey}`, 'content-length': length };
      const begun = request({ hostname, port, method: 'POST', path, headers }).on('error', () => undefined);
      begun.write(FILE);
      await until('it is being taken in', async () => (await listed()).length === 1);
      return begun;
    }

    it('is answered as the first time when the same bytes come again, and not taken in again', async () => {
      const first = await send(FILE);
      expectStatus(first, 202);
      const imports = importsOf(rollcall, organization);
      await imports.settled(first.body.id, ['mapping']);
      const again = await send(FILE);
      expect(expectStatus(again, 202)).to.deep.equal(first.body);
      expect(again.headers).to.include({ 'idempotent-replayed': 'true' });
      expect((await listed()).map(({ id }) => id)).to.deep.equal([first.body.id]);
      expect((await send(FILE, { key: 'k2' })).body.id).not.to.equal(first.body.id);
    });

    it('is another one with other bytes, options or of another type: 422, and nothing is taken in', async () => {
      expectStatus(await send(FILE), 202);
      for (const [text, more] of [
        [`${FILE}Bob,bob@example.com\n`, {}],
        [FILE.slice(0, -1), {}],
        ['', {}],
        [FILE, { query: '?delimiter=comma' }],
        [FILE, { type: 'text/csv; header=present' }],
      ] as const) {
        const { status, body } = await send(text, more);
        expect([status, body.code], text).to.deep.equal([422, 'idempotency_key_reused']);
      }
      expect(await listed()).to.have.length(1);
    });

    it('and is refused may come again, mended', async () => {
      expectStatus(await send('name,name\nAda,Ada\n'), 422);
      expectStatus(await send(FILE), 202);
      expect(await listed()).to.have.length(1);
    });

    it('is taken in once when it is sent many times at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => send(FILE)));
      const others = answers.filter(({ status }) => status !== 202);
      expect(others.map(({ body }) => body.code)).to.deep.equal(others.map(() => 'request_in_progress'));
      expect(await listed()).to.have.length(1);
    });

    it('and breaks off may come again: nothing of it is left', async () => {
      const broken = await begin(1_000);
      broken.destroy();
      const first = await until('its key is free', async () => {
        const answer = await send(FILE);
        return answer.body.code === 'request_in_progress' ? null : answer;
      });
      expect((await listed()).map(({ id }) => id)).to.deep.equal([expectStatus(first, 202).id]);
      expect(rollcall.log()).not.to.include('a request crashed');
    });

    it('and takes longer than a minute is in progress until all of it has come', async () => {
      const begun = await begin(FILE.length + 4);
      await isInProgressFor(() => send(FILE));
      begun.end('Bob\n');
      const [{ statusCode }] = await once(begun, 'response');
      expect(statusCode).to.equal(202);
      const again = await send(`${FILE}Bob\n`);
      expect(expectStatus(again, 202).id).to.equal((await listed())[0]?.id);
    });

    it('and fails midway says that its outcome is not known', async () => {
      interruptions.before('imports.putPart', 1, failing);
      expect((await send(FILE)).status).to.equal(500);
      expect(expectStatus(await send(FILE), 409).code).to.equal('outcome_unknown');
      expect(await listed()).to.deep.equal([]);
    });
  });

  it('whose key is none is refused', async () => {
    for (const key of ['', ' ', 'a b', 'x'.repeat(201)]) {
      const { status, body } = await add('Ada', key);
      expect({ status, code: body.code }, key).to.deep.equal({ status: 400, code: 'invalid' });
    }
  });
});

function failing(): never {
  throw new Error('the store is away');
}
