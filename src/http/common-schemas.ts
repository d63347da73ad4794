import { z } from 'zod';
import { ADDRESS, LONGEST_ADDRESS, LONGEST_NAME, MISTAKES } from '../core/attribute-checks.ts';
import { DIRECTORIES, type SourceName, type Status } from '../core/user.ts';

export const STATUSES = ['unprovisioned', 'active', 'deactivated', 'terminated'] as const satisfies readonly Status[];
export const SOURCES = ['scim', 'google', 'microsoft', 'manual'] as const satisfies readonly SourceName[];

export const status = z.enum(STATUSES);
export const source = z.enum(SOURCES);
export const directory = z.enum(DIRECTORIES);

/** A point in time as answers show it. */
export const instant = z.string().meta({ format: 'date-time' });

/** An address as clients send it: exactly one @, no blanks. */
export const email = z.string().trim().max(LONGEST_ADDRESS).regex(ADDRESS, MISTAKES.address);

/** A name for people to read. */
export const title = z.string().trim().min(1).max(LONGEST_NAME);

/** Values by attribute name. */
export const values = z.record(z.string(), z.unknown());

export const actor = z
  .object({
    kind: z.enum(['operator', 'api-key', 'connection', 'run', 'settings', 'sign-in', 'system']),
    id: z.string().nullable(),
    importId: z.string().optional().meta({ description: 'The CSV import through which they did it.' }),
    onBehalfOf: z.string().optional().meta({ description: 'Who acted through the caller, as the caller said.' }),
  })
  .meta({ id: 'Actor', description: 'Who did it.' });
