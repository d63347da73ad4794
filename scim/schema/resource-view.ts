import type { Json } from '../../src/core/json.ts';
import type { ScimResource } from '../../src/core/scim-resource.ts';
import type { ScimView } from '../../src/core/scim-view.ts';

/** What the protocol knows of a resource it shows or filters: of a person, or of anything else. */
export interface ResourceView extends Omit<ScimView, 'active'> {
  /** The name of its type; absent for people. */
  readonly type?: string;
  /** People only. */
  readonly active?: boolean;
  /** The members of a group as they are shown; absent while nobody asked for them. */
  readonly members?: readonly Json[];
  /** The groups of a person as they are shown; absent while nobody asked for them. */
  readonly groups?: readonly Json[];
}

/** Shows a group, or a resource of a configured type, without its members. */
export function resourceView(resource: ScimResource): ResourceView {
  return {
    type: resource.type,
    scimId: resource.id,
    externalId: resource.externalId,
    attributes: resource.attributes,
    opaque: resource.opaque,
    created: resource.createdAt,
    lastModified: resource.updatedAt,
    version: resource.version,
  };
}
