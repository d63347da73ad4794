import { z } from 'zod';
import type { CatalogEntry, CatalogKind } from '../core/catalog.ts';
import type { CatalogPlace } from '../services/catalog.ts';
import { instant } from './common-schemas.ts';
import { parseInput } from './parse-input.ts';
import type { Frozen } from './route.ts';

export const entrySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.int().meta({ description: '0: a role every organization starts with, as it came.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'CatalogEntry', description: 'Something grants point at, by the id of the host application.' });

/** What the host calls it, as it can be named in a grant and in a filter. */
const entryId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!\s)\P{Cc}+(?<!\s)$/u, 'must have no blanks around it and no control characters');

const placeSchema = z.strictObject({ id: entryId });

/** The entry a path names. Throws `invalid`. */
export function placeOf(kind: CatalogKind, { org, id }: { readonly org: string; readonly id: string }): CatalogPlace {
  return { organizationId: org, kind, ...parseInput(placeSchema, { id }) };
}

export function viewEntry({
  id,
  name,
  version,
  createdAt,
  updatedAt,
}: CatalogEntry): Frozen<z.output<typeof entrySchema>> {
  return { id, name, version, createdAt, updatedAt };
}
