import { loadSettings } from '../../../config/load.ts';
import { compose } from '../../../src/compose.ts';
import { createLogger } from '../../../src/logging/logger.ts';
import { createApiClient } from '../../support/api-client.ts';
import { expectStatus } from '../../support/rollcall.ts';
import { SHARED_KEYS } from '../../support/shared-keys.ts';

/** A Rollcall of its own on this machine, with one organization to play in; nothing of it is left afterwards. */
export interface DemoInstallation {
  readonly base: string;
  readonly token: string;
  stop(): Promise<void>;
}

export async function startDemoInstallation(): Promise<DemoInstallation> {
  const settings = loadSettings({ PORT: '0', ROLLCALL_DATA_DIR: ':memory:', LOG_LEVEL: 'silent', ...SHARED_KEYS });
  const { url, operatorKey, stop } = await compose(settings, { logger: createLogger('silent') });
  try {
    const api = createApiClient(url, operatorKey);
    const organization = { name: 'Play', domains: ['example.com'] };
    const { id } = expectStatus(await api.post('/organizations', organization), 201);
    expectStatus(await api.patch(`/organizations/${id}/settings`, { scim: { enabled: true } }), 200);
    const { baseUrl, token } = expectStatus(await api.post(`/organizations/${id}/scim-tokens`, { name: 'play' }), 201);
    return { base: baseUrl, token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
