import { z } from 'zod';
import type { PublishedEvent } from '../../core/event.ts';
import { readOrganization } from '../../services/organizations.ts';
import { withAttributeNames } from '../attribute-names.ts';
import { actor, instant } from '../common-schemas.ts';
import { wholeNumber } from '../pagination.ts';
import { type Frozen, type Route, route } from '../route.ts';

const eventSchema = z
  .object({
    id: z.string(),
    sequence: z.int().meta({ description: 'Place in the feed; the next page is asked for with `after`.' }),
    type: z.enum([
      'user.created',
      'user.updated',
      'user.activated',
      'user.deactivated',
      'user.terminated',
      'user.unprovisioned',
      'user.blocked',
      'user.unblocked',
      'interview.reassigned',
      'group_mapping.changed',
      'group.members_changed',
      'alert.last_admin',
      'alert.scim_deactivations',
      'alert.plan_held',
      'alert.plan_decided',
      'alert.sync_quarantined',
      'alert.sync_recovered',
      'alert.sync_off',
    ]),
    userId: z.string().optional().meta({ description: 'Absent where it is about nobody.' }),
    at: instant,
    by: actor,
    changes: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])).meta({
      description:
        'Attribute, `status`, `email`, `kind`, `access`, `block`, `interview` (its id), or `group`, `effectiveLevel` and `effectiveRoles` → [before, after].',
    }),
    effects: z.array(z.string()),
  })
  .meta({ id: 'Event', description: 'Something that happened to a user.' });

export const eventRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/organizations/:org/events',
    policy: 'people:read',
    name: 'listEvents',
    summary: 'Reads the feed in the order of publication, after a place in it.',
    query: z.strictObject({
      after: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
      limit: wholeNumber(1, 1_000).default(100),
    }),
    answer: z.object({
      items: z.array(eventSchema),
      next: z.int().nullable().meta({ description: 'What to send as `after` for more; null at the end of the feed.' }),
    }),
    async handle({ deps }, { params: { org }, query: { after, limit } }) {
      await readOrganization(deps, org);
      const events = await deps.stores.events.list(org, after, limit);
      const last = events.at(-1);
      return { items: events.map(view), next: last && events.length === limit ? last.sequence : null };
    },
  }),
];

function view({ organizationId: _, changes, userId, ...facts }: PublishedEvent): Frozen<z.output<typeof eventSchema>> {
  return { ...facts, ...(userId === '' ? {} : { userId }), changes: withAttributeNames(changes) };
}
