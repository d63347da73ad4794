import { expect } from 'chai';
import { createApp } from '../../src/http/create-app.ts';
import { listen } from '../../src/http/listen.ts';
import { createApiClient } from '../support/api-client.ts';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';

describe('S14 secrets in logs and answers', () => {
  let rollcall: TestRollcall;
  const answers: string[] = [];
  before(async () => {
    rollcall = await startRollcall({ google: { people: 3 }, onAnswer: ({ text }) => void answers.push(text) });
  });
  after(() => rollcall.stop());

  it('are nowhere, whatever is done and whatever fails', async () => {
    const { api, google, operatorKey } = rollcall;
    const organization = await rollcall.addOrganization();
    const { path } = organization;
    const { token } = (await api.post(`${path}/scim-tokens`, { name: 'a' })).body;
    const shownOnce = answers.length;
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    await api.post(`${path}/integrations/google/test`);
    await api.get(`${path}/users?status=all&q=canary-in-a-query`);
    await api.get(`${path}/users?canary-in-a-name=canary-in-a-value`);
    await api.get(`${path}/explain?email=canary%40query.example`);
    await api.get('/organizations', { authorization: 'Bearer canary-of-a-stranger' });
    await api.put(`${path}/integrations/google`, {
      serviceAccount: { ...google().serviceAccount, type: 'wrong', extra: 'canary-in-a-key-file' },
      subject: 'a@b.example',
    });
    await api.post(`${path}/users`, { name: 'Ada', email: 'ada@example.com', password: 'canary-of-a-password' });
    await api.send({ method: 'GET', path: `/scim/v2/${organization.id}/Users?filter=canary-in-a-filter` });

    const key = google().serviceAccount.private_key;
    const body = key.split('\n').slice(1, -2);
    const secrets = [operatorKey, token, String(token).slice(-49), ...body];
    const canaries = [
      'canary-in-a-query',
      'canary-in-a-value',
      'canary%40query',
      'canary@query',
      'canary-of-a-stranger',
      'canary-in-a-key-file',
      'canary-of-a-password',
      'canary-in-a-filter',
    ];
    const lines = rollcall
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const paths = lines.filter(({ message }) => message === 'a request was answered').map(({ path: logged }) => logged);
    expect(paths, 'the log was listened to').to.include(`/api${path}/users`);
    expect(paths.filter((logged) => logged.includes('?'))).to.deep.equal([]);
    for (const secret of [...secrets, ...canaries]) expect(rollcall.log()).not.to.contain(secret);
    const later = answers.slice(shownOnce).join('\n');
    for (const secret of [...secrets, 'canary-in-a-key-file', 'canary-of-a-password', 'sealedCredentials', 'rcs1.'])
      expect(later).not.to.contain(secret);
  });

  it('stay inside when something crashes: the caller gets an id, the log the failure', async () => {
    const { deps } = rollcall.rollcall;
    const crash = () => Promise.reject(new TypeError('cannot read rows of /var/lib/secret-place'));
    const organizations = { ...deps.stores.organizations, get: crash };
    const app = createApp({
      deps: { ...deps, stores: { ...deps.stores, organizations } },
      operatorKey: rollcall.operatorKey,
      publicUrl: () => rollcall.url,
      scim: (_request, response) => void response.end(),
      ready: () => true,
      logger: deps.logger,
    });
    const listening = await listen(app, { host: '127.0.0.1', port: 0 });
    try {
      const api = createApiClient(listening.url, rollcall.operatorKey);
      const { status, body, text } = await api.get('/organizations/any?');
      expect(status).to.equal(500);
      expect(text).not.to.contain('secret-place').and.not.to.contain('TypeError');
      expect(body).to.include({ code: 'internal', title: 'Something went wrong inside Rollcall' });
      const line = rollcall
        .log()
        .split('\n')
        .find((entry) => entry.includes('a request crashed'));
      const logged = JSON.parse(line ?? '{}');
      expect(logged).to.include({ id: body.id, level: 'error', method: 'GET', path: '/api/organizations/any' });
      expect(logged.error.message).to.contain('secret-place');
    } finally {
      await listening.close();
    }
  });
});
