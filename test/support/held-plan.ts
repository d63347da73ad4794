import type { DirectoryName } from '../../src/core/user.ts';
import type { Body } from './api-client.ts';
import { expectStatus, type TestOrganization, type TestRollcall } from './rollcall.ts';

/** Takes everybody of the simulated directory away, or brings them back. */
export function setEverybody(rollcall: TestRollcall, source: DirectoryName, active: boolean): void {
  if (source === 'google') {
    const { control } = rollcall.google();
    const people = [...control.everybody()].filter(({ isAdmin }) => !isAdmin).flatMap(({ id }) => id ?? []);
    control.mutate(...people.map((who) => ({ do: active ? 'unsuspend' : 'suspend', who }) as const));
    return;
  }
  const { control } = rollcall.microsoft();
  const people = [...control.everybody()].flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  control.mutate(...people.map((who) => ({ do: active ? 'enable' : 'disable', who }) as const));
}

/** Brings about that a run is held, and returns the plan that waits then. */
export async function heldPlan(
  rollcall: TestRollcall,
  organization: TestOrganization,
  source: DirectoryName,
): Promise<Body> {
  setEverybody(rollcall, source, true);
  await organization.run(source, { kind: 'full' });
  setEverybody(rollcall, source, false);
  const { state } = await organization.run(source, { kind: 'full' });
  if (state !== 'held') throw new Error(`the run is ${state}, not held`);
  return expectStatus(await rollcall.api.get(`${organization.path}/integrations/${source}/plan`), 200);
}
