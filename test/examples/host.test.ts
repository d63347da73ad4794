import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { SignInCode } from '../../src/services/sign-in.ts';
import { type Body, createApiClient } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = 'examples/host.ts';
const ISSUER = 'https://accounts.google.com';
const TENANT = '00000000-0000-4000-8000-000000000001';

/** Starts the example as a reader would; resolves to its address once it listens. */
async function startExample(env: { readonly [name: string]: string }): Promise<{ process: ChildProcess; url: string }> {
  const given = { PATH: process.env.PATH, PORT: '0', ...env };
  const child = spawn('npm', ['run', '--silent', 'example'], { cwd: ROOT, env: given, detached: true });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk) => complaints.push(String(chunk)));
  for await (const line of createInterface(child.stdout)) {
    const { port } = JSON.parse(line.replace('listening on ', ''));
    return { process: child, url: `http://127.0.0.1:${port}` };
  }
  throw new Error(`the example did not start: ${complaints.join('')}`);
}

describe('the example of a host', () => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let example: Awaited<ReturnType<typeof startExample>>;
  let keyId = '';
  before(async () => {
    rollcall = await startRollcall({ google: { people: 3 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    const body = { name: 'the host', scopes: ['sign-ins'] };
    const { key, id } = expectStatus(await rollcall.api.post(`${organization.path}/api-keys`, body), 201);
    keyId = id;
    example = await startExample({
      ROLLCALL_URL: rollcall.url,
      ROLLCALL_ORGANIZATION: organization.id,
      ROLLCALL_API_KEY: key,
    });
  });
  after(async () => {
    // npm and what it started.
    process.kill(-(example.process.pid ?? 0));
    await rollcall.stop();
  });

  const callback = async (claims: object) => {
    const { status, body } = await createApiClient(example.url, '').send({
      method: 'POST',
      path: '/callback',
      body: { iss: ISSUER, sub: 'nobody-knows', ...claims },
    });
    return { status, body };
  };
  const act = async ({ id }: Body, action: string) =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/${action}`), 200);

  it('has at most 60 lines', () =>
    expect(readFileSync(join(ROOT, EXAMPLE), 'utf8').trimEnd().split('\n').length).to.be.at.most(60));

  it('says what it lacks, and does not start without', async () => {
    const failure = await startExample({ ROLLCALL_URL: rollcall.url }).catch((error: Error) => error.message);
    expect(failure).to.contain('ROLLCALL_ORGANIZATION is not set');
  });

  it('lets an active person in, with what they may do', async () => {
    const user = await organization.addActiveUser('Ada', 'ada@sim.example');
    await organization.name('jobs', '7');
    const access = { level: 'elevated', roles: [{ role: 'recruiter', scope: { kind: 'job', id: '7' } }] };
    expectStatus(await rollcall.api.put(`${organization.path}/users/${user.id}/access`, access), 200);
    const { status, body } = await callback({ email: 'ada@sim.example' });
    expect(status).to.equal(200);
    expect(body.session).to.deep.include({ userId: user.id, name: 'Ada', level: 'elevated' });
    expect(body.session.roles).to.have.length(1);
  });

  it('enables whom the directory reports active', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { id: sub, primaryEmail: email } = rollcall.google().control.person(0) ?? {};
    expect((await callback({ sub, email })).status).to.equal(200);
    expect((await organization.userByEmail(String(email))).status).to.equal('active');
  });

  it('takes the name by which Microsoft knows somebody whose token has no address', async () => {
    await organization.addActiveUser('Bo', 'bo@sim.example');
    const iss = `https://login.microsoftonline.com/${TENANT}/v2.0`;
    const claims = { iss, tid: TENANT, oid: 'an-object-id', preferred_username: 'bo@sim.example' };
    const { status, body } = await callback(claims);
    expect([status, body.session?.name]).to.deep.equal([200, 'Bo']);
  });

  it('has a sentence for every way to be denied', async () => {
    const bring: { readonly [code in Exclude<SignInCode, 'allowed' | 'scim_held'>]: (user: Body) => Promise<unknown> } =
      {
        not_activated: async () => undefined,
        deactivated: (user) => act(user, 'activate').then(() => act(user, 'deactivate')),
        terminated: (user) => act(user, 'activate').then(() => act(user, 'terminate')),
        blocked: ({ id }) => rollcall.api.put(`${organization.path}/users/${id}/block`, { reason: 'a lost laptop' }),
        unknown: async () => undefined,
      };
    const sentences = new Set<string>();
    for (const [code, happen] of Object.entries(bring)) {
      const email = `${code}@sim.example`;
      if (code !== 'unknown') await happen(await organization.addUser(code, email));
      const { status, body } = await callback({ email });
      expect([status, body.code]).to.deep.equal([403, code]);
      sentences.add(body.sentence);
    }
    expect(sentences).not.to.include('You may not sign in.');
    expect(sentences.size).to.equal(Object.keys(bring).length);
  });

  it('lets nobody in whom it cannot ask about', async () => {
    expectStatus(await rollcall.api.delete(`${organization.path}/api-keys/${keyId}`), 204);
    expect((await callback({ email: 'ada@sim.example' })).status).to.equal(503);
  });
});
