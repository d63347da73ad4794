import type { Integration } from '../../src/core/integration.ts';

/** An integration of which only what is told matters. */
export function anIntegration(facts: Partial<Integration> = {}): Integration {
  return {
    id: 'integration',
    organizationId: 'organization',
    source: 'google',
    version: 1,
    subject: 'admin@example.com',
    sealedCredentials: '',
    account: 'sync@example.com',
    tenant: null,
    nextDueAt: null,
    lastRunId: null,
    createdAt: '2026-11-23T12:00:00.000Z',
    updatedAt: '2026-11-23T12:00:00.000Z',
    ...facts,
  };
}
