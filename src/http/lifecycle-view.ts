import { z } from 'zod';
import { grant, level } from './access-view.ts';
import { status } from './common-schemas.ts';
import { userKind } from './user-view.ts';

/** Why something is done; kept in the history. */
export const reason = z.string().trim().min(1).max(500).optional().meta({ description: 'Why; kept in the history.' });

/** Whether to tell what a call would do instead of doing it. */
export const previewQuery = z.strictObject({
  preview: z.enum(['true', 'false']).default('false').meta({ description: 'With true, nothing is written.' }),
});

export const effectsSchema = z
  .object({
    poolsLeft: z.array(z.string()).meta({ description: 'Interviewer pools that are left.' }),
    rolesDormant: z.array(grant).optional().meta({ description: 'Roles that are kept without effect.' }),
    rolesErased: z.array(grant).optional().meta({ description: 'Roles that are lost for good; dormant ones too.' }),
    interviewsToReschedule: z
      .object({ count: z.int(), first100: z.array(z.string()) })
      .meta({ description: 'Booked interviews that stay and need somebody else, and the ids of the earliest.' }),
    sessionsEnd: z.boolean(),
  })
  .meta({ id: 'LifecycleEffects' });

export const lifecyclePreviewSchema = z
  .object({
    status: z.object({ from: status, to: status }),
    kind: z.object({ from: userKind, to: userKind }),
    level: z.object({ from: level, to: level }).meta({ description: 'As admins have set it.' }),
    effects: effectsSchema,
  })
  .meta({ id: 'LifecyclePreview', description: 'What the call would do; nothing was written.' });
