import { z } from 'zod';
import { completeAttribute } from '../core/complete-attribute.ts';
import type { ResourceTypeDocument, SchemaDocument } from '../core/scim-schema.ts';

const text = z.string().max(2_000);
const shortText = z.string().min(1).max(200);
const TYPES = ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'binary', 'reference'] as const;

/** The characteristics of RFC 7643 §2.2, with the defaults of RFC 7643 §7. */
const CHARACTERISTICS = {
  name: shortText,
  multiValued: z.boolean().default(false),
  description: text.default(''),
  required: z.boolean().default(false),
  canonicalValues: z.array(shortText).min(1).max(200).optional(),
  caseExact: z.boolean().optional(),
  mutability: z.enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']).default('readWrite'),
  returned: z.enum(['always', 'never', 'default', 'request']).optional(),
  uniqueness: z.enum(['none', 'server', 'global']).default('none'),
  referenceTypes: z.array(shortText).min(1).max(50).optional(),
};

const subAttribute = z
  .strictObject({ ...CHARACTERISTICS, type: z.enum(TYPES).default('string') })
  .meta({ id: 'ScimSubAttribute' });

const attribute = z
  .strictObject({
    ...CHARACTERISTICS,
    type: z.enum([...TYPES, 'complex']).default('string'),
    subAttributes: z.array(subAttribute).min(1).max(100).optional(),
  })
  .meta({ id: 'ScimAttribute' });

/** A schema as RFC 7643 §7 writes it. `schemas` and `meta` are taken, as clients copy them, and mean nothing. */
export const schemaBody = z
  .strictObject({
    schemas: z.array(shortText).max(5).optional(),
    id: shortText.optional().meta({ description: 'As in the path.' }),
    name: shortText,
    description: text.default(''),
    attributes: z.array(attribute).min(1).max(500),
    meta: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'NewScimSchema' });

/** A resource type as RFC 7643 §6 writes it; of a built-in one only `schemaExtensions` may be said. */
export const resourceTypeBody = z
  .strictObject({
    schemas: z.array(shortText).max(5).optional(),
    id: shortText.optional(),
    name: shortText.optional().meta({ description: 'As in the path.' }),
    endpoint: shortText.optional().meta({ description: 'Below the SCIM root, such as /Roles.' }),
    description: text.default(''),
    schema: shortText.optional().meta({ description: 'The URN of a schema of the organization.' }),
    schemaExtensions: z
      .array(z.strictObject({ schema: shortText, required: z.boolean().default(false) }))
      .max(50)
      .default([]),
    meta: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'NewScimResourceType' });

export const schemaView = z
  .object({ id: z.string(), name: z.string(), description: z.string(), attributes: z.array(z.unknown()) })
  .meta({ id: 'ScimSchema', description: 'As /Schemas serves it: every characteristic is there.' });

export const resourceTypeView = z
  .object({
    name: z.string(),
    endpoint: z.string(),
    description: z.string(),
    schema: z.string(),
    schemaExtensions: z.array(z.object({ schema: z.string(), required: z.boolean() })),
  })
  .meta({ id: 'ScimResourceType' });

/** Beside a thing: the version of all that the organization has configured, and what the change did. */
export const CONFIGURED = {
  version: z.int().meta({ description: 'Of everything the organization has configured for SCIM.' }),
  notices: z.array(z.string()).optional().meta({ description: 'What the change means for what is stored.' }),
};

export function readSchema(body: z.output<typeof schemaBody>, urn: string): SchemaDocument {
  const { name, description, attributes } = body;
  return { id: urn, name, description, attributes: attributes.map(completeAttribute) };
}

export function readResourceType(
  body: z.output<typeof resourceTypeBody>,
  name: string,
  builtIn: { readonly endpoint: string; readonly schema: string } | undefined,
): ResourceTypeDocument {
  const { endpoint = builtIn?.endpoint ?? '', schema = builtIn?.schema ?? '', description, schemaExtensions } = body;
  return { name, endpoint, description, schema, schemaExtensions };
}
