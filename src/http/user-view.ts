import { z } from 'zod';
import { nameOf } from '../core/change-summary.ts';
import type { Organization } from '../core/organization.ts';
import { isUndeclared } from '../core/person-attributes.ts';
import { resolveUser } from '../core/resolve.ts';
import type { ScimConnection } from '../core/scim-connection.ts';
import type { Attributes, User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { currentUser } from '../services/current-user.ts';
import { type HeldDependencies, type Holding, holdings } from '../services/held-access.ts';
import { countsToReschedule } from '../services/interviews-to-reschedule.ts';
import { readOrganization } from '../services/organizations.ts';
import type { InterviewDependencies } from '../services/report-interview.ts';
import { accessSchema, viewAccess } from './access-view.ts';
import { shownAttributes, withSpokenNames } from './attribute-names.ts';
import { actor, instant, source, status, values } from './common-schemas.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

export const userKind = z.enum(['employee', 'agency']);

export const userSchema = z
  .object({
    id: z.string(),
    kind: userKind,
    agency: z
      .object({ id: z.string(), name: z.string() })
      .optional()
      .meta({ description: 'The agency of an agency user.' }),
    status,
    name: z.string().optional(),
    email: z.string().optional(),
    attributes: values.meta({
      description: 'What is true, by attribute name; the fields an organization declares stand below `custom`.',
    }),
    owners: z
      .record(z.string(), source)
      .meta({ description: 'Which source decides what; `status` and `name` included.' }),
    access: accessSchema,
    formerPools: z.array(z.string()).optional().meta({
      description: 'Pools left with the status or the kind, but those taken away; nobody is put back by itself.',
    }),
    hostId: z.string().optional().meta({ description: "The host application's own id of the person." }),
    scimId: z.string().optional().meta({ description: 'The id SCIM knows the person by; it dies with a SCIM DELETE.' }),
    scimConnection: z
      .object({ id: z.string(), name: z.string() })
      .optional()
      .meta({ description: 'The SCIM connection that owns the person; absent while none does.' }),
    block: z
      .object({ reason: z.string(), at: instant, by: actor })
      .optional()
      .meta({ description: 'Why nobody may sign in as them, whatever the status; absent: they are not blocked.' }),
    signInUrl: z
      .string()
      .optional()
      .meta({ description: 'Where an active person signs in, to be shared by hand: nobody is ever mailed.' }),
    interviewsToReschedule: z.int().optional().meta({
      description: 'Booked interviews that somebody else has to take over; absent for who is active, and at sign-ins.',
    }),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'User', description: 'A person. Whatever is absent is not known.' });

type ViewDependencies = InterviewDependencies & HeldDependencies;

/** What a person is shown with: the settings of now, and the connections that may own them. */
export interface Surroundings {
  readonly organization: Organization;
  readonly connections: readonly ScimConnection[];
}

/** Throws `not_found`. */
export async function readSurroundings(
  { stores }: { readonly stores: Pick<Stores, 'organizations' | 'tokens'> },
  organizationId: string,
): Promise<Surroundings> {
  const [organization, connections] = await Promise.all([
    readOrganization({ stores }, organizationId),
    stores.tokens.connections(organizationId),
  ]);
  return { organization, connections };
}

/** What `viewUsers` looks up beside the person. */
export interface Beside extends Holding {
  readonly interviewsToReschedule?: number | undefined;
}

/** A person as the API shows them, under the settings of now. */
export function viewUser(
  stored: User,
  { organization, connections }: Surroundings,
  { held, agency, pools, formerPools, interviewsToReschedule }: Beside,
): Frozen<z.output<typeof userSchema>> {
  const user = currentUser(stored, organization);
  const { id, kind, email, version, createdAt, updatedAt } = user;
  return known({
    id,
    kind,
    status: user.status,
    name: nameOf(user),
    email,
    attributes: shownAttributes(declaredAttributes(user, organization)),
    owners: ownersOf(user, organization),
    agency: agency ? { id: agency.id, name: agency.name } : null,
    access: viewAccess({ ...user.access, pools }, held),
    formerPools: formerPools.length > 0 ? formerPools : null,
    hostId: user.hostId,
    scimId: user.scim.id,
    scimConnection: ownerOf(user, connections),
    block: user.block ?? null,
    signInUrl: user.status === 'active' ? organization.settings.signInUrl : null,
    interviewsToReschedule: interviewsToReschedule ?? null,
    version,
    createdAt,
    updatedAt,
  });
}

/** People as the API shows them, with their agencies, and the interviews they leave behind when they are not active. */
export async function viewUsers(deps: ViewDependencies, stored: readonly User[], surroundings: Surroundings) {
  const { organization } = surroundings;
  const people = stored.map((user) => currentUser(user, organization));
  const counts = await countsToReschedule(deps, organization.id, people);
  const held = await holdings(deps, organization.id, people);
  return stored.map((user) =>
    viewUser(user, surroundings, { ...holdingIn(held, user), interviewsToReschedule: counts.get(user.id) }),
  );
}

/** One person, so shown. */
export async function viewOneUser(deps: ViewDependencies, stored: User, surroundings: Surroundings) {
  const [view] = await viewUsers(deps, [stored], surroundings);
  return view as NonNullable<typeof view>;
}

/** What one person holds, for who is shown without their interviews. */
export async function holdingOf(
  deps: HeldDependencies,
  stored: User,
  { organization }: Surroundings,
): Promise<Holding> {
  return holdingIn(await holdings(deps, organization.id, [currentUser(stored, organization)]), stored);
}

function holdingIn(held: ReadonlyMap<string, Holding>, { id }: User): Holding {
  return held.get(id) as Holding;
}

function ownerOf({ scim: { connectionId } }: User, connections: readonly ScimConnection[]) {
  const owner = connections.find(({ id }) => id === connectionId);
  return owner ? { id: owner.id, name: owner.name } : null;
}

function ownersOf(user: User, { settings }: Organization) {
  const { winners } = resolveUser(user, settings);
  const shown = Array.from(winners, ([name, { source }]) => [name, source] as const);
  return withSpokenNames(shown.filter(([name]) => !isUndeclared(name, settings.customFields)));
}

function declaredAttributes({ attributes }: User, { settings }: Organization): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isUndeclared(name, settings.customFields)));
}
