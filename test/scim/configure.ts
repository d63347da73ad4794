import type { GivenAttribute } from '../../src/core/complete-attribute.ts';
import { completeAttribute } from '../../src/core/complete-attribute.ts';
import type { ResourceTypeDocument } from '../../src/core/scim-schema.ts';
import { putSchema, putType, removeSchema, removeType } from '../../src/services/scim-configuration.ts';
import type { ScimServer, Tenant } from './server.ts';

/** Configures the schemas and types of a tenant. */
export function configurator({ deps }: Pick<ScimServer, 'deps'>, { organizationId }: Pick<Tenant, 'organizationId'>) {
  const type = (facts: Partial<ResourceTypeDocument> & Pick<ResourceTypeDocument, 'name' | 'endpoint' | 'schema'>) =>
    putType(deps, organizationId, { description: '', schemaExtensions: [], ...facts }, null);
  const extend = (name: 'User' | 'Group', ...urns: readonly (string | readonly [string, required: true])[]) => {
    const schemaExtensions = urns.map((urn) =>
      typeof urn === 'string' ? { schema: urn, required: false } : { schema: urn[0], required: true },
    );
    const schema = `urn:ietf:params:scim:schemas:core:2.0:${name}`;
    return type({ name, endpoint: `/${name}s`, schema, schemaExtensions });
  };
  return {
    schema: (id: string, ...attributes: readonly GivenAttribute[]) =>
      putSchema(
        deps,
        organizationId,
        { id, name: id.split(':').at(-1) ?? '', description: '', attributes: attributes.map(completeAttribute) },
        null,
      ),
    type,
    extend,
    forgetType: (name: string) => removeType(deps, organizationId, name),
    forgetSchema: (urn: string) => removeSchema(deps, organizationId, urn),
  };
}
