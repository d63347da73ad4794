import type { Json, JsonObject } from '../../src/core/json.ts';
import type { ResourceSchema } from './attribute.ts';
import { entityTag } from './entity-tag.ts';
import { readOpaque } from './opaque-text.ts';
import type { ResourceView } from './resource-view.ts';
import { shownValue } from './shown-value.ts';

export type Resource = { [name: string]: Json };

/**
 * Builds the representation of a resource: canonical names, no nulls, extensions under their URN, `schemas` naming exactly what is
 * there. `location` is absolute; `tag` is its entity tag, where that is known already.
 */
export function writeResource(
  schema: ResourceSchema,
  view: ResourceView,
  location: string,
  tag: string = entityTag(view),
): Resource {
  const containers = new Map<string, Resource>();
  const resource: Resource = { schemas: [schema.core.urn], id: view.scimId };
  if (view.externalId !== null) resource.externalId = view.externalId;
  for (const key in view.attributes) {
    const attribute = schema.byKey.get(key);
    const stored = view.attributes[key];
    if (attribute === undefined || stored === undefined || stored === null) continue;
    const value = attribute.builtIn ? stored : shownValue(attribute, stored);
    if (value === undefined) continue;
    if (attribute.schema === schema.core.urn) resource[key] = value;
    else containerOf(containers, attribute.schema)[attribute.name] = value;
  }
  if (view.active !== undefined && !view.withoutActive) resource.active = view.active;
  if (view.members && view.members.length > 0) resource.members = view.members;
  if (view.groups && view.groups.length > 0) resource.groups = view.groups;
  for (const [urn, container] of containers) resource[urn] = container;
  const unknown = view.opaque === undefined ? {} : readOpaque(view.opaque);
  Object.assign(resource, unknown);
  resource.schemas = [schema.core.urn, ...containers.keys(), ...Object.keys(unknown)];
  resource.meta = writeMeta(view, location, tag);
  return resource;
}

/** The `meta` of a resource (RFC 7643 §3.1). */
export function writeMeta(view: ResourceView, location: string, tag: string = entityTag(view)): JsonObject {
  const { type = 'User', created, lastModified } = view;
  return { resourceType: type, created, lastModified, location, version: tag };
}

function containerOf(containers: Map<string, Resource>, urn: string): Resource {
  const known = containers.get(urn);
  if (known) return known;
  const container: Resource = {};
  containers.set(urn, container);
  return container;
}
