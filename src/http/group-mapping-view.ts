import { z } from 'zod';
import type { GroupMapping } from '../core/group-mapping.ts';
import { GROUP } from '../core/scim-resource.ts';
import type { Stores } from '../ports/stores.ts';
import type { MappingPreview } from '../services/preview-group-mapping.ts';
import { grant, level } from './access-view.ts';
import { instant } from './common-schemas.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

const group = z.strictObject({
  source: z.enum(['scim', 'google', 'microsoft']).default('scim'),
  connectionId: z.string().min(1).max(200).optional().meta({
    description: 'The SCIM connection; left out: the one the organization started with. Directories have none.',
  }),
  id: z.string().min(1).max(200).meta({ description: 'The SCIM id of the group; of a directory its key or address.' }),
});

export const mappingBody = z
  .strictObject({
    group,
    level: level.optional().meta({ description: 'What it lifts people to. Never admin; limited is as none.' }),
    roles: z.array(grant).max(200).default([]),
  })
  .meta({ id: 'GroupMappingEdit' });

export const mappingSchema = z
  .object({
    id: z.string(),
    group: group.extend({
      name: z
        .string()
        .optional()
        .meta({ description: 'As the group is called; absent when it is gone, and for directories.' }),
    }),
    level: level.optional(),
    roles: z.array(grant),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'GroupMapping', description: 'What people have while they are in a group.' });

export const mappingPreviewSchema = z
  .object({
    people: z.object({
      count: z.int(),
      first100: z.array(
        z.object({
          user: z.object({ id: z.string(), name: z.string().optional(), email: z.string().optional() }),
          level: z.object({ from: level, to: level }),
          gains: z.array(grant).meta({ description: 'Roles that begin to count.' }),
          loses: z.array(grant).meta({ description: 'Roles that count no more.' }),
        }),
      ),
    }),
  })
  .extend({
    membersKnown: z.boolean().meta({ description: 'False: no run has read this group of a directory yet.' }),
  })
  .meta({ id: 'GroupMappingPreview', description: 'Who would gain or lose what; nothing was written.' });

export function viewMappingPreview({
  people,
  membersKnown,
}: MappingPreview): Frozen<z.output<typeof mappingPreviewSchema>> {
  const first100 = people.first100.map(({ user, ...rest }) => ({ user: known(user), ...rest }));
  return { people: { ...people, first100 }, membersKnown };
}

/** Mappings as the API shows them, with the names of their groups. */
export async function viewMappings(
  { stores }: { readonly stores: Pick<Stores, 'resources'> },
  organizationId: string,
  mappings: readonly GroupMapping[],
): Promise<readonly Frozen<z.output<typeof mappingSchema>>[]> {
  const names = new Map<string, string>();
  for (const [connectionId, own] of Map.groupBy(mappings, (mapping) => mapping.group.connectionId)) {
    if (connectionId === null) continue;
    const ids = own.map((mapping) => mapping.group.id);
    const groups = await stores.resources.getMany({ organizationId, connectionId, type: GROUP }, ids);
    for (const [id, { attributes }] of groups)
      if (typeof attributes.displayName === 'string') names.set(`${connectionId}/${id}`, attributes.displayName);
  }
  return mappings.map(({ organizationId: _organization, ...mapping }) => {
    const { connectionId, id } = mapping.group;
    const name = names.get(`${connectionId}/${id}`) ?? null;
    return known({ ...mapping, group: known({ ...mapping.group, name }) });
  });
}
