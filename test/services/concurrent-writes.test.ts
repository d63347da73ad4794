import { expect } from 'chai';
import { isAppError } from '../../src/core/errors.ts';
import { isList, type Json } from '../../src/core/json.ts';
import type { Run } from '../../src/core/run.ts';
import { recordOf, type User } from '../../src/core/user.ts';
import { applyPage } from '../../src/services/apply-page.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { aRun } from '../fixtures/runs.ts';
import { listed, openTenant, type Tenant } from './tenant.ts';

const SCIM_WRITES = 700;
const DIRECTORY_WRITES = 300;

/** Opens Ada, owned by SCIM and listed by Google, and lets 1,000 writers at her; each SCIM writer adds a phone number. */
async function race() {
  const google = { syncUsers: true, autoEnableUsers: false, syncVersion: 0 };
  const tenant = await openTenant({ scim: { enabled: true }, google });
  const created = await tenant.post({ userName: 'ada@example.com' }, { active: true });
  await tenant.page([listed('g', 'ada@example.com')]);
  const run = aRun({ id: 'run', state: 'running' });
  await tenant.stores.runs.insert(run);
  const before = await tenant.user(created.id);
  const outcomes = await Promise.all([
    ...Array.from({ length: SCIM_WRITES }, (_, index) => addNumber(tenant, created, String(index))),
    ...Array.from({ length: DIRECTORY_WRITES }, (_, index) => report(tenant, run, `title ${index}`)),
  ]);
  const accepted = outcomes.filter((said) => said !== null);
  return { tenant, before, after: await tenant.user(created.id), accepted, events: await tenant.events() };
}

/** The number when it was added; null when the write was given up. */
async function addNumber(tenant: Tenant, user: User, value: string): Promise<string | null> {
  const { id } = user.scim;
  const add = (numbers: Json | undefined): Json => [...(isList(numbers) ? numbers : []), { value }];
  try {
    await tenant.scim.modify(
      tenant.caller(),
      id ?? '',
      ({ attributes, externalId }) => ({
        attributes: { ...attributes, phoneNumbers: add(attributes.phoneNumbers) },
        externalId,
        active: undefined,
        opaque: undefined,
      }),
      null,
    );
    return value;
  } catch (error) {
    if (!isAppError(error, 'stale')) throw error;
    return null;
  }
}

/** The title when it was written; null when the row was left to the next run. */
async function report(tenant: Tenant, run: Run, title: string): Promise<string | null> {
  const { updated } = await applyPage(tenant.deps, run, [listed('g', 'ada@example.com', { title })], 'nothing');
  return updated === 1 ? title : null;
}

describe('case-R02: 1,000 writers of one person at once', () => {
  let raced: Awaited<ReturnType<typeof race>>;
  before(async function () {
    this.timeout(120_000);
    raced = await race();
  });
  after(() => raced.tenant.stores.close());

  it('case-R02: the version counts the accepted changes', () => {
    const { before, after, accepted } = raced;
    expect(after.version - before.version).to.equal(accepted.length);
  });

  it('case-R02: nobody is given up', () => expect(raced.accepted).to.have.length(SCIM_WRITES + DIRECTORY_WRITES));

  it('case-R02: no accepted change is lost', () => {
    const { after, accepted } = raced;
    const numbers = recordOf(after, 'scim', 'connection-1')?.attributes.phoneNumbers as { value: string }[];
    const added = accepted.filter((said) => !said.startsWith('title'));
    expect(numbers.map(({ value }) => value).sort()).to.deep.equal(added.sort());
    expect(accepted).to.include(recordOf(after, 'google')?.attributes.title);
  });

  it('case-R02: the events are numbered without a gap, each starts where the last one ended', () => {
    const { after, events } = raced;
    const own = events.filter(({ userId }) => userId === after.id);
    expect(own.map(({ id }) => id)).to.deep.equal(own.map((_, index) => `${after.id}:${index + 1}`));
    expect(after.eventCount).to.equal(own.length);
    let numbers: Json = null;
    for (const { changes } of own) {
      const change: readonly [Json, Json] = changes.phoneNumbers ?? [numbers, numbers];
      expect(change[0]).to.deep.equal(numbers);
      numbers = change[1];
    }
    expect(numbers).to.deep.equal(after.attributes.phoneNumbers);
  });
});

describe('case-S10: many writers of one address at once', () => {
  it('case-S10: 50 people who are given one address by POST, PATCH, an admin and a directory: one gets it', async () => {
    const google = { syncUsers: true, autoEnableUsers: false, syncVersion: 0 };
    const tenant = await openTenant({ scim: { enabled: true }, google });
    const emails = { emails: [{ value: 'prize@example.com', primary: true }] };
    const agents = await Promise.all(Array.from({ length: 15 }, (_, index) => addAgent(tenant, index)));
    const people = await Promise.all(
      Array.from({ length: 15 }, (_, index) => tenant.post({ userName: `p${index}@example.com` })),
    );
    const outcomes = await Promise.allSettled([
      ...people.map((person) => tenant.patch(person, emails)),
      ...agents.map(({ id }) =>
        editUser(tenant.deps, tenant.target(id), { attributes: {}, email: 'prize@example.com' }),
      ),
      ...Array.from({ length: 15 }, (_, index) => tenant.post({ userName: `new${index}`, ...emails })),
      tenant.page(Array.from({ length: 5 }, (_, index) => listed(`g${index}`, 'prize@example.com'))),
    ]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(isAppError(outcome.reason, 'email_taken', 'already_provisioned'), String(outcome.reason)).to.equal(true);
    const { items } = await tenant.stores.users.list(tenant.id, null, null, 200);
    expect(items.filter(({ email }) => email === 'prize@example.com')).to.have.length(1);
    await tenant.stores.close();
  });
});

async function addAgent(tenant: Tenant, index: number): Promise<User> {
  const edit = { attributes: {}, email: `agent${index}@example.com`, agencyId: await tenant.agency() };
  return createUser(tenant.deps, tenant.id, { kind: 'operator', id: 'admin' }, edit);
}
