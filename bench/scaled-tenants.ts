import { startChild } from './child.ts';
import type { ClientCommands } from './client.ts';
import { openInstallation } from './installation.ts';
import { median, medianRatio, sampleOf } from './measure.ts';
import type { Operation, Target } from './requests.ts';
import { targetOf } from './scaled-scim.ts';
import { fill } from './seed.ts';
import { atMost, table, times, verdict, whole } from './table.ts';

export interface TenantsOptions {
  readonly organizations: number;
  /** People of each organization. */
  readonly people: number;
  readonly rounds: number;
}

const CASES: readonly { readonly title: string; readonly operation: Operation; readonly count: number }[] = [
  { title: 'get by id', operation: 'get', count: 500 },
  { title: 'filter userName eq', operation: 'filter', count: 500 },
  { title: 'PATCH active', operation: 'deactivate', count: 300 },
];
const FLAT = 1.2;

/** Requests spread over very many organizations, against the same requests in one. */
export async function measureTenants(options: TenantsOptions, note: (text: string) => void): Promise<string> {
  const { organizations, people, rounds } = options;
  note(`seeding ${whole(organizations)} organizations of ${whole(people)} people`);
  const few = await openTenants(1, people);
  const many = await openTenants(organizations, people);
  const client = startChild<ClientCommands>('client');
  const rows: string[][] = [];
  for (const { title, operation, count } of CASES) {
    note(`measuring ${title}`);
    const costs: [number[], number[]] = [[], []];
    for (let round = -1; round < rounds; round++)
      for (const [index, { child, targets }] of [few, many].entries()) {
        const load = { targets, name: 'rollcall', operation, first: (round + 1) * count, count } as const;
        const { cpuUs } = await sampleOf(child, client, load);
        if (round >= 0) costs[index]?.push(cpuUs);
      }
    const ratio = medianRatio(costs[1], costs[0]);
    rows.push([title, whole(median(costs[0])), whole(median(costs[1])), times(ratio), verdict(atMost(ratio, FLAT))]);
  }
  await client.end();
  await Promise.all([few.installation.end(), many.installation.end()]);
  const head = [`Organizations of ${whole(people)}`, '1 µs', `${whole(organizations)} µs`, 'ratio', 'aim'];
  return table(head, rows);
}

async function openTenants(organizations: number, people: number) {
  const installation = await openInstallation();
  const filled = await installation.withStores(async (stores) => {
    const all = [];
    for (let n = 0; n < organizations; n++) all.push(await fill(stores, people));
    return all;
  });
  const { child, port } = await installation.start('api');
  const targets: Target[] = [];
  for (const each of filled) targets.push(targetOf(each, port, await child.ask('makeToken', each.organizationId)));
  return { installation, child, targets };
}
