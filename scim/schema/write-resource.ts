import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { ScimView } from '../../src/core/scim-view.ts';
import type { ResourceSchema } from './attribute.ts';

export type Resource = { [name: string]: Json };

/** The weak entity tag of a version (RFC 7644 §3.14). */
export const entityTag = (version: number): string => `W/"${version}"`;

/**
 * Builds the representation of a person: canonical names, no nulls, extensions under their URN, `schemas` naming exactly what is
 * there. `location` is absolute.
 */
export function writeResource(schema: ResourceSchema, view: ScimView, location: string): Resource {
  const containers = new Map<string, Resource>();
  const resource: Resource = { schemas: [schema.core.urn], id: view.scimId };
  if (view.externalId !== null) resource.externalId = view.externalId;
  for (const key in view.attributes) {
    const attribute = schema.byKey.get(key);
    const value = view.attributes[key];
    if (attribute === undefined || value === undefined || value === null) continue;
    if (attribute.schema === schema.core.urn) resource[key] = value;
    else containerOf(containers, attribute.schema)[attribute.name] = value;
  }
  resource.active = view.active;
  for (const [urn, container] of containers) resource[urn] = container;
  const unknown = view.opaque === undefined ? {} : readOpaque(view.opaque);
  Object.assign(resource, unknown);
  resource.schemas = [schema.core.urn, ...containers.keys(), ...Object.keys(unknown)];
  resource.meta = writeMeta(view, location);
  return resource;
}

/** The `meta` of a person (RFC 7643 §3.1). */
export function writeMeta({ created, lastModified, version }: ScimView, location: string): JsonObject {
  return { resourceType: 'User', created, lastModified, location, version: entityTag(version) };
}

/** Unknown extensions as stored: an object keyed by URN. */
export function readOpaque(opaque: string): JsonObject {
  const content: Json = JSON.parse(opaque);
  return isObject(content) ? content : {};
}

function containerOf(containers: Map<string, Resource>, urn: string): Resource {
  const known = containers.get(urn);
  if (known) return known;
  const container: Resource = {};
  containers.set(urn, container);
  return container;
}
