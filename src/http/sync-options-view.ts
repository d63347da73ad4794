import { z } from 'zod';
import { optionsOf, type SyncOptions, type SyncScope } from '../core/sync-options.ts';
import type { DirectoryName } from '../core/user.ts';
import { invalidInput } from './parse-input.ts';
import {
  limitsOf,
  mappingSchema,
  removalsEditSchema,
  removalsSchema,
  scheduleSchema,
  scopeEditSchema,
  scopeSchema,
  viewLimits,
} from './sync-options-schema.ts';

/** What may be tried in a dry run. */
export const proposalSchema = z.strictObject({ scope: scopeEditSchema, mapping: mappingSchema }).partial();

export const optionsEditSchema = z
  .strictObject({
    scope: scopeEditSchema.nullable(),
    mapping: mappingSchema.nullable(),
    schedule: scheduleSchema.partial().nullable(),
    removals: removalsEditSchema.partial().nullable(),
    confirm: z.string().max(200).meta({
      description:
        'The digest of the plan of a dry run with the same scope and mapping; needed once people were synced.',
    }),
  })
  .partial()
  .meta({ id: 'SyncOptionsEdit', description: 'What is absent stays as it is; null brings back the usual.' });

export const optionsSchema = z
  .object({ scope: scopeSchema, mapping: mappingSchema, schedule: scheduleSchema, removals: removalsSchema })
  .meta({ id: 'SyncOptions' });

type Edit = z.output<typeof optionsEditSchema>;
type Proposal = z.output<typeof proposalSchema>;

/** The options after an edit. Throws `invalid` for what the directory does not have. */
export function editOptions(source: DirectoryName, present: SyncOptions, edit: Edit): SyncOptions {
  const usual = optionsOf({ source });
  const { scope, mapping, schedule, removals } = edit;
  const from = <Name extends 'schedule' | 'removals'>(name: Name) =>
    edit[name] === null ? usual[name] : present[name];
  const { limits = {}, ...rules } = removals ?? {};
  const base = from('removals');
  return {
    scope: scope === null ? usual.scope : editScope(source, present.scope, scope ?? {}),
    mapping: mapping === null ? [] : ((mapping as SyncOptions['mapping'] | undefined) ?? present.mapping),
    schedule: { ...from('schedule'), ...(schedule as Partial<SyncOptions['schedule']> | null) },
    removals: { ...base, ...(rules as object), limits: limitsOf(base.limits, limits) },
  };
}

/** What a dry run is to try: whole, so that it can be compared with what is chosen later. */
export function proposalOf(source: DirectoryName, present: SyncOptions, { scope, mapping }: Proposal) {
  return {
    ...(scope ? { scope: editScope(source, present.scope, scope) } : {}),
    ...(mapping ? { mapping: mapping as SyncOptions['mapping'] } : {}),
  };
}

function editScope(source: DirectoryName, present: SyncScope, edit: z.output<typeof scopeEditSchema>): SyncScope {
  const { include = {}, exclude = {}, onLeave = present.onLeave } = edit;
  const scope = {
    include: { ...present.include, ...(include as object) },
    exclude: { ...present.exclude, ...(exclude as object) },
    onLeave,
  };
  for (const side of ['include', 'exclude'] as const)
    if (source === 'microsoft' && scope[side].orgUnits.length > 0)
      throw invalidInput([
        { path: `scope.${side}.orgUnits`, message: 'Microsoft 365 has no organizational units; use groups or domains' },
      ]);
  return scope;
}

export function viewOptions({ scope, mapping, schedule, removals }: SyncOptions) {
  return { scope, mapping, schedule, removals: { ...removals, limits: viewLimits(removals.limits) } };
}
