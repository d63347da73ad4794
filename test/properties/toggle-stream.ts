import { isAppError } from '../../src/core/errors.ts';
import type { Organization, Settings } from '../../src/core/organization.ts';
import type { DirectoryName } from '../../src/core/user.ts';
import { sweepOf, sweepPage } from '../../src/services/sweep.ts';
import type { Flag, Toggle } from './schedule.ts';
import { ORGANIZATION, type World } from './world.ts';

/** An admin at the switches: each change is stored and swept; a sweep may still be under way when the next one starts. */
export async function toggleStream(world: World, toggles: readonly Toggle[]): Promise<void> {
  const sweeps: Promise<void>[] = [];
  for (const { pause, flag } of toggles) {
    await world.pause(pause);
    await toggle(world, flag);
    sweeps.push(sweepAll(world));
  }
  await Promise.all(sweeps);
}

/** Flips a switch by compare-and-swap, as a change of settings does. */
export async function toggle({ deps: { stores } }: World, flag: Flag): Promise<void> {
  for (;;) {
    const organization = await stores.organizations.get(ORGANIZATION);
    if (!organization) throw new Error('the organization is gone');
    try {
      return await stores.organizations.save(flipped(organization, flag));
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
}

function flipped(organization: Organization, flag: Flag): Organization {
  const version = organization.settings.version + 1;
  const settings = { ...flip(organization.settings, flag), version };
  return { ...organization, settings, sweep: sweepOf(version), version: organization.version + 1 };
}

function flip(settings: Settings, flag: Flag): Settings {
  if (flag === 'scim') return { ...settings, scim: { enabled: !settings.scim.enabled } };
  const [source, name] = flag.split('.') as [DirectoryName, 'syncUsers' | 'autoEnableUsers'];
  return { ...settings, [source]: { ...settings[source], [name]: !settings[source][name] } };
}

/** Sweeps until nobody is left to visit. */
export async function sweepAll({ deps }: World): Promise<void> {
  while (await sweepPage(deps, ORGANIZATION));
}
