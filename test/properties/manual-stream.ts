import { isAppError } from '../../src/core/errors.ts';
import type { Attributes, SourceRecord, User } from '../../src/core/user.ts';
import { recordOf } from '../../src/core/user.ts';
import type { AdminTarget } from '../../src/services/admin-change.ts';
import { activateUser, deactivateUser, terminateUser } from '../../src/services/change-status.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { resettle } from '../../src/services/record-change.ts';
import { setAccess } from '../../src/services/set-access.ts';
import { signIn } from '../../src/services/sign-in.ts';
import { keyFor } from './directory-stream.ts';
import { addressOf, type ManualOperation, type Name } from './schedule.ts';
import { ORGANIZATION, say, type Word, type World } from './world.ts';

type Act = (world: World, target: AdminTarget, operation: ManualOperation) => Promise<unknown>;

const ACTS: Readonly<Record<ManualOperation['kind'], Act>> = {
  edit: ({ deps }, target, { content }) =>
    editUser(deps, target, {
      attributes: editedAttributes(content),
      ...(content.email ? { email: content.email } : {}),
    }),
  activate: ({ deps }, target) => activateUser(deps, target),
  deactivate: ({ deps }, target) => deactivateUser(deps, target),
  terminate: ({ deps }, target) => terminateUser(deps, target),
  access: ({ deps }, target) => setAccess(deps, target, { level: 'elevated', roles: [ROLE], pools: ['pool'] }),
  'sign-in': ({ deps }, _, { name }) =>
    signIn(deps, ORGANIZATION, {
      email: addressOf(name),
      issuer: 'https://accounts.google.com',
      subject: keyFor('google', name),
    }),
  confirm: async ({ deps }, { userId }) => {
    await resettle(deps, ORGANIZATION, userId, { confirmed: true });
    const open = await deps.stores.conflicts.list(ORGANIZATION, 'open', null, 10);
    for (const { id, kind } of open.items)
      if (kind === 'link') await deps.stores.conflicts.move(ORGANIZATION, id, 'open', 'accepted', '');
  },
};

const ROLE = { role: 'interviewer', scope: { kind: 'organization', id: ORGANIZATION } } as const;

/** What an act that was carried out makes of the admin's word. */
const SAYS: Partial<
  Record<ManualOperation['kind'], (former: Word, operation: ManualOperation, written: SourceRecord) => Partial<Word>>
> = {
  edit: (former, { content }, written) => ({
    attributes: { ...former.attributes, ...editedAttributes(content) },
    // The address a person has already is no edit.
    ...(content.email && content.email === written.email ? { email: content.email } : {}),
  }),
  activate: () => ({ enabled: true }),
  deactivate: () => ({ enabled: false }),
  terminate: () => ({ enabled: false }),
};

/** An admin who opens one person after the other, and adds them when they are not there. */
export async function manualStream(world: World, operations: readonly ManualOperation[]): Promise<void> {
  const known = new Map<Name, string>();
  for (const [index, operation] of operations.entries()) {
    await world.pause(operation.pause);
    const order = world.nextOrder();
    const act = (time: number) => actRefusable(world, known, operation, order, `admin-${index}-${time}`);
    if (operation.times === 2 && operation.together) await Promise.all([act(0), act(1)]);
    else for (let time = 0; time < operation.times; time++) await act(time);
  }
}

async function actRefusable(
  world: World,
  known: Map<Name, string>,
  operation: ManualOperation,
  order: number,
  admin: string,
): Promise<void> {
  try {
    await actOnce(world, known, operation, order, admin);
  } catch (error) {
    if (!isAppError(error, 'overridden', 'email_taken', 'user_name_taken', 'not_active')) throw error;
  }
}

async function actOnce(
  world: World,
  known: Map<Name, string>,
  operation: ManualOperation,
  order: number,
  admin: string,
): Promise<void> {
  const by = { kind: 'operator', id: admin } as const;
  const user = await open(world, known, operation.name);
  if (!user) {
    const attributes = editedAttributes(operation.content);
    const email = addressOf(operation.name);
    const created = await createUser(world.deps, ORGANIZATION, by, { attributes, email });
    known.set(operation.name, created.id);
    say(world, `manual:${created.id}`, order, (former) => ({
      attributes: { ...attributes, ...former?.attributes },
      email: former?.email ?? email,
      enabled: former?.enabled ?? null,
    }));
    return;
  }
  known.set(operation.name, user.id);
  await ACTS[operation.kind](world, { organizationId: ORGANIZATION, userId: user.id, by, ifMatch: null }, operation);
  const says = SAYS[operation.kind];
  const written = writtenBy(world, user.id, admin);
  if (says && written)
    say(world, `manual:${user.id}`, order, (former) => ({
      ...NOTHING,
      ...former,
      ...says(former ?? NOTHING, operation, written),
    }));
}

const NOTHING: Word = { order: 0, attributes: {}, email: undefined, enabled: null };

/** An act that changes nothing leaves no word: who is active already is not activated again. */
function writtenBy({ history }: World, userId: string, admin: string): SourceRecord | undefined {
  return history
    .filter(({ user }) => user.id === userId)
    .map(({ user }) => recordOf(user, 'manual'))
    .find((record) => record?.by.id === admin);
}

async function open({ deps: { stores } }: World, known: Map<Name, string>, name: Name): Promise<User | null> {
  const id = known.get(name);
  return id === undefined
    ? stores.users.findByEmail(ORGANIZATION, addressOf(name))
    : stores.users.get(ORGANIZATION, id);
}

/** Every value is said once in a schedule, so none is the effective one already; nulls might be. */
function editedAttributes({ title, nickName, givenName }: ManualOperation['content']): Attributes {
  return {
    ...(title ? { title } : {}),
    ...(nickName ? { nickName } : {}),
    ...(givenName ? { name: { givenName } } : {}),
  };
}
