import type { Settings } from '../../src/core/organization.ts';
import { defaultSettings } from '../../src/core/organization.ts';
import type { Activity, DirectoryName } from '../../src/core/user.ts';
import type { Random } from './random.ts';

export const PEOPLE = ['ada', 'bob'] as const;
export type Name = (typeof PEOPLE)[number];
export const addressOf = (name: Name): string => `${name}@own.test`;

export interface Content {
  readonly title?: string | null;
  readonly nickName?: string | null;
  readonly givenName?: string;
  /** undefined: not mentioned. */
  readonly email?: string | null;
  readonly active?: boolean;
}

/** One thing a source does; `times` tells how often it is delivered, `together` whether at once. */
export interface Delivery {
  /** Turns of others to sit out first. */
  readonly pause: number;
  readonly times: 1 | 2;
  readonly together: boolean;
}

export type ScimOperation = Delivery & {
  readonly kind: 'put' | 'patch' | 'delete';
  readonly name: Name;
  readonly content: Content;
};

export interface Listed {
  readonly name: Name;
  readonly activity: Activity | 'gone';
  readonly content: Content;
}

export type DirectoryOperation = Delivery & {
  readonly listed: readonly Listed[];
  /** Harmful changes are staged first, and then applied or held for good. */
  readonly approved: boolean;
  /** An older worker's page of before the take-over, applied whenever chance will have it. */
  readonly zombie: Listed | null;
};

export type ManualOperation = Delivery & {
  readonly kind: 'edit' | 'activate' | 'deactivate' | 'terminate' | 'access' | 'sign-in' | 'confirm';
  readonly name: Name;
  readonly content: Content;
};

export type Flag = 'scim' | `${DirectoryName}.syncUsers` | `${DirectoryName}.autoEnableUsers`;
export const FLAGS: readonly Flag[] = [
  'scim',
  'google.syncUsers',
  'google.autoEnableUsers',
  'microsoft.syncUsers',
  'microsoft.autoEnableUsers',
];

export interface Toggle {
  readonly pause: number;
  readonly flag: Flag;
}

/** What happens in one organization, source by source; the order between sources is left to chance. */
export interface Schedule {
  readonly seed: number;
  readonly settings: Settings;
  readonly scim: readonly ScimOperation[];
  readonly google: readonly DirectoryOperation[];
  readonly microsoft: readonly DirectoryOperation[];
  readonly manual: readonly ManualOperation[];
  readonly toggles: readonly Toggle[];
}

const MOST_OPERATIONS = 4;
const MOST_TOGGLES = 3;
const LONGEST_PAUSE = 16;

/** Draws a schedule. Every value said in it is said once, so that a wrong one tells where it came from. */
export function drawSchedule(seed: number, random: Random): Schedule {
  let said = 0;
  const value = (what: string): string => `${what} ${++said}`;
  const several = <T>(most: number, draw: () => T): readonly T[] =>
    Array.from({ length: random.below(most + 1) }, draw);
  const content = () => drawContent(random, value);
  const listed = (): Listed => ({
    name: random.pick(PEOPLE),
    activity: random.pick(['active', 'active', 'active', 'active', 'inactive', 'inactive', 'unknown', 'gone']),
    content: content(),
  });
  const page = (): DirectoryOperation => {
    const first = listed();
    const other = random.chance(40) ? [{ ...listed(), name: first.name === 'ada' ? 'bob' : 'ada' } as Listed] : [];
    return {
      ...drawDelivery(random),
      listed: [first, ...other],
      approved: random.chance(85),
      zombie: random.chance(30) ? listed() : null,
    };
  };
  return {
    seed,
    settings: drawSettings(random),
    scim: several(MOST_OPERATIONS, () => drawScim(random, content())),
    google: several(MOST_OPERATIONS, page),
    microsoft: several(random.chance(50) ? MOST_OPERATIONS : 1, page),
    manual: several(MOST_OPERATIONS, () => ({
      ...drawDelivery(random),
      kind: random.pick([
        'edit',
        'edit',
        'activate',
        'activate',
        'deactivate',
        'terminate',
        'access',
        'sign-in',
        'confirm',
      ]),
      name: random.pick(PEOPLE),
      content: content(),
    })),
    toggles: several(MOST_TOGGLES, () => ({
      pause: random.below(3 * LONGEST_PAUSE),
      flag: random.pick(['scim', 'scim', ...FLAGS]),
    })),
  };
}

function drawDelivery(random: Random): Delivery {
  return { pause: random.below(LONGEST_PAUSE), times: random.chance(30) ? 2 : 1, together: random.chance(50) };
}

/** Of two deliveries at once one may create and one change: what they say must not depend on which is which. */
function drawScim(random: Random, content: Content): ScimOperation {
  const kind = random.pick(['put', 'put', 'put', 'patch', 'patch', 'delete'] as const);
  const { together, ...delivery } = drawDelivery(random);
  const atOnce = together && kind !== 'patch';
  const whole = atOnce ? { active: true, ...content } : content;
  return { ...delivery, together: atOnce, kind, name: random.pick(PEOPLE), content: whole };
}

function drawContent(random: Random, value: (what: string) => string): Content {
  return {
    ...(random.chance(60) ? { title: random.chance(15) ? null : value('title') } : {}),
    ...(random.chance(30) ? { nickName: random.chance(15) ? null : value('nick') } : {}),
    ...(random.chance(30) ? { givenName: value('given') } : {}),
    ...(random.chance(40) ? { email: drawEmail(random, value) } : {}),
    ...(random.chance(60) ? { active: random.chance(60) } : {}),
  };
}

function drawEmail(random: Random, value: (what: string) => string): string | null {
  if (random.chance(10)) return null;
  if (random.chance(40)) return addressOf(random.pick(PEOPLE));
  return `${value('mail').replace(' ', '-')}@${random.pick(['own.test', 'own.test', 'other.test'])}`;
}

function drawSettings(random: Random): Settings {
  const settings = defaultSettings(random.chance(80) ? ['own.test'] : []);
  const directory = () => ({ syncUsers: random.chance(75), autoEnableUsers: random.chance(50), syncVersion: 0 });
  return {
    ...settings,
    scim: { enabled: random.chance(50) },
    google: directory(),
    microsoft: directory(),
    directoryOrder: random.chance(50) ? ['google', 'microsoft'] : ['microsoft', 'google'],
    linkExistingUsers: random.chance(90) ? 'auto' : 'ask',
    onScimDelete: random.chance(70) ? 'deactivate' : 'terminate',
  };
}
