import type { ScimResource } from '../src/core/scim-resource.ts';
import type { ShownMember } from '../src/ports/resource-store.ts';
import type { ProvisionResource, ResourceKind } from '../src/services/provision-resource.ts';
import type { ScimCaller } from '../src/services/scim-assertion.ts';
import { type ResourceView, resourceView } from './schema/resource-view.ts';

/** Where members of each kind are found, below the organization's SCIM root. */
const ENDPOINTS: Readonly<Record<ShownMember['kind'], string>> = { User: '/Users', Group: '/Groups' };

/** Looks again this often when a group is changed while it is read. */
const MOST_LOOKS = 10;

interface Asked {
  readonly caller: ScimCaller;
  readonly kind: ResourceKind;
  readonly baseUrl: string;
}

/**
 * Shows groups with their members, each as of one moment; what was removed meanwhile is left out. All members are read in one query,
 * and again for those groups only that were changed in between.
 */
export async function withMembers(
  service: Pick<ProvisionResource, 'members' | 'getMany'>,
  asked: Asked,
  resources: readonly ScimResource[],
): Promise<readonly ResourceView[]> {
  const shown = new Map<string, ResourceView>();
  let left = resources;
  for (let looks = 1; left.length > 0; looks++) {
    const ids = left.map(({ id }) => id);
    const found = await service.members(asked.caller, asked.kind, ids);
    const isWhole = ({ id, version }: ScimResource) => looks === MOST_LOOKS || found.get(id)?.version === version;
    for (const resource of left.filter(isWhole)) {
      const members = found.get(resource.id)?.members ?? [];
      shown.set(resource.id, { ...resourceView(resource), members: members.map((member) => show(member, asked)) });
    }
    const moved = left.filter((resource) => !isWhole(resource)).map(({ id }) => id);
    left = moved.length === 0 ? [] : [...(await service.getMany(asked.caller, asked.kind, moved)).values()];
  }
  return resources.flatMap(({ id }) => shown.get(id) ?? []);
}

function show({ id, kind, display }: ShownMember, { baseUrl }: Asked) {
  return {
    value: id,
    $ref: `${baseUrl}${ENDPOINTS[kind]}/${id}`,
    ...(display === undefined ? {} : { display }),
    type: kind,
  };
}
