import { keepImmutable } from './immutable.ts';
import { mutability } from './messages/scim-error.ts';
import { applyIntents, type Patched } from './patch/apply.ts';
import type { Intent } from './patch/intent.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { adoptOpaque } from './schema/opaque-view.ts';
import type { ReadResource } from './schema/read-resource.ts';
import { requireAfterPatch } from './schema/required.ts';
import type { ResourceView } from './schema/resource-view.ts';

/**
 * What a PUT makes of a resource: all that was sent, and the immutable values it leaves out. Throws 400 `mutability` for another id,
 * and for an immutable value that differs.
 */
export function assertedByPut(schema: ResourceSchema, former: ResourceView, read: ReadResource): ReadResource {
  if (read.id !== undefined && read.id !== former.scimId) throw mutability('id cannot be changed');
  const { attributes } = adoptOpaque(schema, former);
  return { ...read, attributes: keepImmutable(schema, attributes, read.attributes) };
}

/** What a PATCH makes of a resource. Throws 400, or all its steps are taken. */
export function assertedByPatch(schema: ResourceSchema, former: ResourceView, intents: readonly Intent[]): Patched {
  const view = adoptOpaque(schema, former);
  const patched = applyIntents(view, intents);
  const attributes = keepImmutable(schema, view.attributes, patched.attributes);
  requireAfterPatch(schema, view.attributes, attributes);
  return { ...patched, attributes };
}

/** The attributes a PATCH is about, by key. */
export function namedBy(intents: readonly Intent[]): ReadonlySet<string> {
  return new Set(intents.flatMap((intent) => ('target' in intent ? intent.target.attribute.key : [])));
}

/** The attributes a body is about, by key. */
export function namedIn({ attributes }: ReadResource): ReadonlySet<string> {
  return new Set(Object.keys(attributes));
}
