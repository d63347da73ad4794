import { z } from 'zod';
import { GUARD_LIMITS, type GuardLimits } from '../core/guard.ts';
import { MAPPED_ATTRIBUTES, partsOf } from '../core/mapping.ts';
import { MAPPABLE_FIELDS, type MappingValue } from '../core/sync-options.ts';

const MOST_ENTRIES = 1_000;
const DAY_MINUTES = 1_440;
const DEEPEST = 4;

const entry = z.string().trim().min(1).max(320);
const folded = entry.transform((text) => text.toLowerCase());
const list = <Item extends z.ZodType<string>>(item: Item) => z.array(item).max(MOST_ENTRIES);

/** An address is compared folded, a key as it is. */
const person = entry.transform((text) => (text.includes('@') ? text.toLowerCase() : text));

const orgUnit = entry.regex(/^\//, 'must be a path such as /Sales').transform((path) => path.replace(/(?<=.)\/+$/, ''));

const RULE_WORDS = {
  orgUnits: 'Paths of organizational units, with everything below them.',
  groups: 'Keys or addresses of groups; their direct members.',
  domains: 'Domains of addresses.',
  people: "Addresses, or the directory's own keys.",
};

const rulesOf = <Item extends z.ZodType<string>>(items: { readonly [name in keyof typeof RULE_WORDS]: Item }) =>
  z.strictObject({
    orgUnits: list(items.orgUnits).meta({ description: RULE_WORDS.orgUnits }),
    groups: list(items.groups).meta({ description: RULE_WORDS.groups }),
    domains: list(items.domains).meta({ description: RULE_WORDS.domains }),
    people: list(items.people).meta({ description: RULE_WORDS.people }),
  });

const onLeave = z
  .enum(['keep', 'deactivate'])
  .meta({ description: 'What happens to people taken before who are out of the scope now.' });

const shown = z.string();
const shownRules = rulesOf({ orgUnits: shown, groups: shown, domains: shown, people: shown }).meta({
  id: 'ScopeRules',
});

export const scopeSchema = z.object({ include: shownRules, exclude: shownRules, onLeave }).meta({
  id: 'SyncScope',
  description: 'In is whom every list of `include` that is not empty names, and no list of `exclude`.',
});

const rulesEdit = rulesOf<z.ZodType<string>>({ orgUnits: orgUnit, groups: person, domains: folded, people: person });

export const scopeEditSchema = z
  .strictObject({ include: rulesEdit.partial(), exclude: rulesEdit.partial(), onLeave })
  .partial();

const text = z.string().max(200);

const mappingValueSchema: z.ZodType<MappingValue> = z
  .lazy(() =>
    z.union([
      z.strictObject({ field: z.enum(MAPPABLE_FIELDS) }),
      z.strictObject({ constant: text.min(1) }),
      z.strictObject({ trim: mappingValueSchema }),
      z.strictObject({ lower: mappingValueSchema }),
      z.strictObject({ firstOf: z.array(mappingValueSchema).min(1).max(10) }),
      z.strictObject({ join: z.array(mappingValueSchema).min(1).max(10), separator: z.string().max(20) }),
    ]),
  )
  .meta({ id: 'MappingValue', description: 'A field, a text, or a transform of others.' });

const depthOf = (value: MappingValue): number => 1 + Math.max(0, ...partsOf(value).map(depthOf));

const mappingRuleSchema = z.strictObject({
  attribute: z.enum(Object.keys(MAPPED_ATTRIBUTES) as [string, ...string[]]),
  value: mappingValueSchema
    .refine((value) => depthOf(value) <= DEEPEST, `may be ${DEEPEST} levels deep`)
    .nullable()
    .meta({ description: 'null: the directory says nothing about it.' }),
});

export const mappingSchema = z
  .array(mappingRuleSchema)
  .max(50)
  .refine((rules) => new Set(rules.map(({ attribute }) => attribute)).size === rules.length, 'names an attribute twice')
  .meta({ description: 'Rules that take the place of the usual ones, attribute by attribute.' });

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:30');

const timeZone = z.string().max(60).refine(isTimeZone, 'must be a time zone such as Europe/Berlin');

const quietHours = z.strictObject({ from: clock, to: clock, timeZone }).meta({
  description: 'No scheduled run starts then; one that is under way goes on.',
});

const every = (least: number) =>
  z
    .int()
    .min(least)
    .max(30 * DAY_MINUTES);

export const scheduleSchema = z
  .strictObject({
    fullEveryMinutes: every(15).meta({ description: 'How often everybody is listed.' }),
    deltaEveryMinutes: every(5).meta({
      description: 'How often changes are asked for, where the directory tells them.',
    }),
    paused: z.boolean().meta({ description: 'No scheduled run; one by hand works.' }),
    quietHours: quietHours.nullable(),
  })
  .meta({ id: 'SyncSchedule' });

const percent = z.number().min(0).max(100);
const count = z.int().min(0).max(1_000_000);

export const limitsSchema = z
  .strictObject({
    removals: z.strictObject({ floor: count, percent, count }).partial().meta({
      description: 'Trips above both the floor and the percentage, or above the count.',
    }),
    blanked: z.strictObject({ floor: count, percent }).partial(),
    changedEmails: z.strictObject({ floor: count, percent }).partial(),
    failed: z.strictObject({ percent }).partial(),
  })
  .partial()
  .meta({ id: 'GuardLimits' });

const removalRules = (name: z.ZodType<string>) =>
  z.strictObject({
    limits: limitsSchema,
    hold: z.enum(['harmful', 'everything']).meta({
      description: 'What a run above the limits keeps back: its harmful changes, or all it would do.',
    }),
    graceHours: z.int().min(0).max(720).meta({
      description: 'Between an absence and its effect. Who is suspended, archived or disabled loses access at once.',
    }),
    protected: list(name).meta({ description: 'Addresses or keys of people whom no run takes away.' }),
  });

export const removalsSchema = removalRules(shown).meta({ id: 'RemovalRules' });
export const removalsEditSchema = removalRules(person);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // The only way to learn that there is no such zone.
    return false;
  }
}

/** Limits under the names of the engine; what is absent stays. */
export function limitsOf(
  present: GuardLimits,
  { removals = {}, blanked = {}, changedEmails = {}, failed = {} }: z.output<typeof limitsSchema>,
): GuardLimits {
  const share = (given: number | undefined, former: number) => (given === undefined ? former : given / 100);
  return {
    removalFloor: removals.floor ?? present.removalFloor,
    removalShare: share(removals.percent, present.removalShare),
    removalMost: removals.count ?? present.removalMost,
    blankedFloor: blanked.floor ?? present.blankedFloor,
    blankedShare: share(blanked.percent, present.blankedShare),
    changedEmailFloor: changedEmails.floor ?? present.changedEmailFloor,
    changedEmailShare: share(changedEmails.percent, present.changedEmailShare),
    failedShare: share(failed.percent, present.failedShare),
  };
}

export function viewLimits(limits: GuardLimits = GUARD_LIMITS) {
  const percentOf = (share: number) => Number((share * 100).toPrecision(12));
  return {
    removals: { floor: limits.removalFloor, percent: percentOf(limits.removalShare), count: limits.removalMost },
    blanked: { floor: limits.blankedFloor, percent: percentOf(limits.blankedShare) },
    changedEmails: { floor: limits.changedEmailFloor, percent: percentOf(limits.changedEmailShare) },
    failed: { percent: percentOf(limits.failedShare) },
  };
}
