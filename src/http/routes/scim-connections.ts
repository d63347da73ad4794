import { z } from 'zod';
import { alarmEnd, alarmInForce } from '../../core/deactivation-watch.ts';
import type { Organization } from '../../core/organization.ts';
import type { ScimConnection } from '../../core/scim-connection.ts';
import { readOrganization } from '../../services/organizations.ts';
import { changeConnection, createConnection, previewSwitch, readConnection } from '../../services/scim-connections.ts';
import { clearDeactivations, readWatch } from '../../services/watch-deactivations.ts';
import { instant, title } from '../common-schemas.ts';
import { pageOf } from '../pagination.ts';
import { type ApiContext, type Frozen, type Route, route } from '../route.ts';
import { baseUrlOf } from '../scim-token-view.ts';
import { previewSchema, viewPreview } from '../settings-view.ts';

const PATH = '/api/organizations/:org/scim-connections';
const ONE = `${PATH}/:id` as const;

const dialect = z
  .enum(['compat', 'strict'])
  .meta({ description: 'compat takes what identity providers really send, strict the letter of the RFCs only.' });
const quietPatch = z.boolean().meta({ description: 'PATCH answers 204 instead of the resource.' });

const connectionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    dialect,
    quietPatch,
    enabled: z.boolean(),
    releasing: z
      .boolean()
      .optional()
      .meta({ description: 'Present while it is off: whether people are still being freed from it.' }),
    alarm: z.object({ at: instant, until: instant, deactivations: z.int(), limit: z.int() }).optional().meta({
      description: 'Present while too many users were deactivated by it; the settings say whether more wait.',
    }),
    baseUrl: z.string().meta({ description: 'Where the identity provider shall send its requests.' }),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ScimConnection', description: "One identity provider's line into the organization." });

export const scimConnectionRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'settings',
    name: 'createScimConnection',
    summary: 'Adds a SCIM connection, with externalIds, tokens and people of its own.',
    body: z
      .strictObject({ name: title, dialect: dialect.optional(), quietPatch: quietPatch.optional() })
      .meta({ id: 'NewScimConnection' }),
    status: 201,
    answer: connectionSchema,
    versioned: true,
    refusals: ['resource_name_taken'],
    async handle(context, { params: { org }, body }) {
      const connection = await createConnection(context.deps, org, body);
      return view(context, connection, await readOrganization(context.deps, org));
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'settings',
    name: 'listScimConnections',
    summary: 'Lists the SCIM connections; the one the organization started with comes first.',
    answer: pageOf(connectionSchema),
    async handle(context, { params: { org } }) {
      const organization = await readOrganization(context.deps, org);
      const connections = await context.deps.stores.tokens.connections(org);
      const items = await Promise.all(connections.map((connection) => view(context, connection, organization)));
      return { items, next: null, total: items.length };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'settings',
    name: 'readScimConnection',
    summary: 'Reads a SCIM connection.',
    answer: connectionSchema,
    versioned: true,
    handle: async (context, { params: { org, id } }) =>
      shown(context, org, await readConnection(context.deps, org, id)),
  }),
  route({
    method: 'patch',
    path: ONE,
    policy: 'settings',
    name: 'changeScimConnection',
    summary: 'Changes a SCIM connection at once. Switched off, it is refused everything and owns nobody any more.',
    body: z
      .strictObject({
        name: title,
        dialect,
        quietPatch,
        enabled: z.boolean(),
        confirm: z
          .string()
          .max(200)
          .meta({ description: 'The digest of the preview, when a switch must be confirmed.' }),
      })
      .partial()
      .meta({ id: 'ScimConnectionEdit', description: 'What is absent stays as it is.' }),
    answer: connectionSchema,
    versioned: true,
    refusals: ['resource_name_taken', 'confirmation_required'],
    async handle(context, { params: { org, id }, body, ifMatch }) {
      return shown(context, org, await changeConnection(context.deps, org, id, body, ifMatch));
    },
  }),
  route({
    method: 'get',
    path: `${ONE}/preview`,
    policy: 'settings',
    name: 'previewScimConnection',
    summary: 'Tells what switching a SCIM connection on or off would do to whom.',
    query: z.strictObject({ enabled: z.enum(['true', 'false']) }),
    answer: previewSchema,
    async handle({ deps }, { params: { org, id }, query: { enabled } }) {
      return viewPreview(await previewSwitch(deps, org, id, enabled === 'true'));
    },
  }),
  route({
    method: 'delete',
    path: `${ONE}/alarm`,
    policy: 'settings',
    name: 'clearScimAlarm',
    summary: 'Ends the alarm of a SCIM connection that deactivated too many users: it goes on, and is counted anew.',
    status: 204,
    answer: null,
    async handle({ deps }, { params: { org, id } }) {
      await readConnection(deps, org, id);
      await clearDeactivations(deps, { organizationId: org, connectionId: id });
    },
  }),
];

async function shown(context: ApiContext, org: string, connection: ScimConnection) {
  return view(context, connection, await readOrganization(context.deps, org));
}

async function view(
  { deps, publicUrl }: ApiContext,
  { id, name, dialect, quietPatch, enabled, version, createdAt, updatedAt }: ScimConnection,
  { id: organizationId, sweep }: Organization,
): Promise<Frozen<z.output<typeof connectionSchema>>> {
  const alarm = alarmInForce(await readWatch(deps, { organizationId, connectionId: id }), deps.clock.now());
  const alarmed = alarm ? { alarm: { ...alarm, until: new Date(alarmEnd(alarm)).toISOString() } } : {};
  const baseUrl = baseUrlOf(publicUrl(), organizationId);
  const releasing = enabled ? {} : { releasing: sweep.state === 'running' };
  return { id, name, dialect, quietPatch, enabled, ...releasing, ...alarmed, baseUrl, version, createdAt, updatedAt };
}
