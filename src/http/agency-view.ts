import { z } from 'zod';
import type { Agency } from '../core/agency.ts';
import { grant } from './access-view.ts';
import { instant, status } from './common-schemas.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

export const agencySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(grant).meta({ description: 'What its users have while they are active, whatever their level.' }),
    archivedAt: instant.optional().meta({ description: 'Nobody joins it or is active in it since then.' }),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Agency', description: 'A recruiting agency, whose people are users of the kind agency.' });

export const archivePreviewSchema = z
  .object({
    users: z.object({
      count: z.int(),
      first100: z.array(z.object({ id: z.string(), name: z.string().optional(), status })),
    }),
    digest: z.string().meta({ description: 'Confirms exactly this.' }),
  })
  .meta({ id: 'ArchivePreview', description: 'Whom archiving would deactivate; nothing was written.' });

/** An agency as the API shows it. */
export function viewAgency(agency: Agency): Frozen<z.output<typeof agencySchema>> {
  const { organizationId: _organization, used: _used, ...facts } = agency;
  return known(facts);
}
