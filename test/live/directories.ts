import { readFileSync } from 'node:fs';
import { parseServiceAccount } from '../../connectors/google/service-account.ts';
import { createDirectories } from '../../connectors/open.ts';
import type { Directory } from '../../src/ports/directory.ts';
import { directoryContract } from '../contracts/directory.contract.ts';

const directories = createDirectories({
  googleBaseUrl: null,
  clock: { now: () => Date.now() },
  random: Math.random,
});

/** A tenant that can be had: what it is called, what it takes from the environment, and how it is opened. */
interface Tenant {
  readonly title: string;
  readonly needs: readonly string[];
  readonly group: string;
  open(given: (name: string) => string): Directory;
}

const TENANTS: readonly Tenant[] = [
  {
    title: 'Google Workspace',
    needs: ['ROLLCALL_LIVE_GOOGLE_SERVICE_ACCOUNT', 'ROLLCALL_LIVE_GOOGLE_SUBJECT'],
    group: 'ROLLCALL_LIVE_GOOGLE_GROUP',
    open(given) {
      const file: unknown = JSON.parse(readFileSync(given('ROLLCALL_LIVE_GOOGLE_SERVICE_ACCOUNT'), 'utf8'));
      const account = parseServiceAccount(file);
      return directories.openGoogle('live', { ...account, subject: given('ROLLCALL_LIVE_GOOGLE_SUBJECT') });
    },
  },
  {
    title: 'Microsoft 365',
    needs: [
      'ROLLCALL_LIVE_MICROSOFT_TENANT_ID',
      'ROLLCALL_LIVE_MICROSOFT_CLIENT_ID',
      'ROLLCALL_LIVE_MICROSOFT_CLIENT_SECRET',
    ],
    group: 'ROLLCALL_LIVE_MICROSOFT_GROUP',
    open(given) {
      const credentials = {
        tenantId: given('ROLLCALL_LIVE_MICROSOFT_TENANT_ID'),
        clientId: given('ROLLCALL_LIVE_MICROSOFT_CLIENT_ID'),
        clientSecret: given('ROLLCALL_LIVE_MICROSOFT_CLIENT_SECRET'),
        certificate: null,
      };
      const people = { includeGuests: false, onlyLicensed: false, useInitialDomain: true };
      return directories.openMicrosoft('live', credentials, people);
    },
  },
];

const given = (name: string): string => process.env[name] ?? '';

for (const { title, needs, group, open } of TENANTS)
  describe(`${title}, a real tenant`, function () {
    this.timeout(120_000);
    const missing = needs.filter((name) => given(name) === '');
    if (missing.length === 0) {
      directoryContract(() => open(given), { group: given(group) || undefined, real: true });
      return;
    }
    it(`keeps the directory contract, skipped because ${missing.join(', ')} (and ${group} for groups) are not set`, function () {
      this.skip();
    });
  });
