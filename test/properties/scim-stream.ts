import { isAppError } from '../../src/core/errors.ts';
import { sameJson } from '../../src/core/json.ts';
import { ownerRecord, type ScimView } from '../../src/core/scim-view.ts';
import type { Attributes, User } from '../../src/core/user.ts';
import { createProvisionUser, type ProvisionUser, type ScimAssertion } from '../../src/services/provision-user.ts';
import { addressOf, type Content, type Name, type ScimOperation } from './schedule.ts';
import { CONNECTION, ORGANIZATION, say, type Word, type World } from './world.ts';

const CALLER = { organizationId: ORGANIZATION, connectionId: CONNECTION };

/** An identity provider: looks somebody up, then creates, replaces, patches or deletes them, one operation after the other. */
export async function scimStream(world: World, operations: readonly ScimOperation[]): Promise<void> {
  const service = createProvisionUser(world.deps);
  for (const operation of operations) {
    await world.pause(operation.pause);
    const order = world.nextOrder();
    const send = () => sendRefusable(world, service, operation, order);
    if (operation.times === 2 && operation.together) await Promise.all([send(), send()]);
    else for (let time = 0; time < operation.times; time++) await send();
  }
}

/** Says once more what the provider last said about a person it owns. */
export async function restate(world: World, name: Name): Promise<void> {
  const service = createProvisionUser(world.deps);
  const word = world.words.get(keyFor(name));
  const seen = await lookUp(world, name);
  if (!word || !seen?.scim.id || seen.scim.connectionId !== CONNECTION) return;
  // Found by a userName that another key's person bears by now: said of them, the word would be news.
  if (ownerRecord(seen)?.externalId !== keyFor(name)) return;
  const { attributes, enabled } = word;
  const assertion = { attributes, externalId: keyFor(name), active: enabled ?? undefined, opaque: undefined };
  await service.replace(CALLER, seen.scim.id, () => assertion, null);
}

async function sendRefusable(
  world: World,
  service: ProvisionUser,
  operation: ScimOperation,
  order: number,
): Promise<void> {
  try {
    await sendOnce(world, service, operation, order);
  } catch (error) {
    const refused = isAppError(error, 'scim_disabled', 'not_found', 'already_provisioned', 'link_pending');
    const clashed = isAppError(error, 'email_taken', 'user_name_taken', 'source_key_taken');
    if (!refused && !clashed) throw error;
  }
}

async function sendOnce(world: World, service: ProvisionUser, operation: ScimOperation, order: number): Promise<void> {
  const { kind, name, content } = operation;
  const seen = await lookUp(world, name);
  if (!seen?.scim.id) return kind === 'delete' ? undefined : post(world, service, operation, order);
  if (kind === 'delete')
    return seen.scim.connectionId === CONNECTION ? remove(world, service, name, seen, order) : undefined;
  if (kind === 'patch') return patch(world, service, operation, seen, order);
  const assertion = assertionOf(name, content);
  await service.replace(CALLER, seen.scim.id, () => assertion, null);
  const enabled = assertion.active ?? formerOf(world, seen)?.enabled ?? null;
  say(world, keyFor(name), order, () => wordOf(assertion, enabled));
}

async function post(world: World, service: ProvisionUser, { name, content }: ScimOperation, order: number) {
  const assertion = assertionOf(name, content);
  await service.provision(CALLER, assertion);
  say(world, keyFor(name), order, () => wordOf(assertion, assertion.active ?? true));
}

async function remove(world: World, service: ProvisionUser, name: Name, seen: User, order: number): Promise<void> {
  await service.deprovision(CALLER, seen.scim.id ?? '', null);
  // Found by the address, somebody may be known to the provider by another key.
  const key = ownerRecord(seen)?.externalId ?? keyFor(name);
  say(world, key, order, (former) => ({ attributes: {}, email: undefined, ...former, enabled: false }));
}

async function patch(
  world: World,
  service: ProvisionUser,
  { name, content }: ScimOperation,
  seen: User,
  order: number,
): Promise<void> {
  const patched = attributesOf(content);
  const former = formerOf(world, seen);
  let base: Attributes = {};
  const change = (view: ScimView): ScimAssertion => {
    if (former) checkView(world, view, former, patched);
    base = view.attributes;
    const attributes = { ...view.attributes, ...patched };
    return { attributes, externalId: keyFor(name), active: content.active, opaque: undefined };
  };
  await service.modify(CALLER, seen.scim.id ?? '', change, null);
  const attributes = { ...(former?.attributes ?? base), ...patched };
  const enabled = content.active ?? former?.enabled ?? null;
  say(world, keyFor(name), order, () => ({ attributes, email: emailOf(attributes), enabled }));
}

/** What the connection last said of somebody it owns, perhaps under another externalId. */
function formerOf({ words }: World, seen: User): Word | undefined {
  return words.get(ownerRecord(seen)?.externalId ?? 'nobody');
}

/** A connection sees the people it owns as it last described them; a patch delivered again is seen already. */
function checkView(world: World, view: ScimView, former: Word, patched: Attributes): void {
  const shown = [former.attributes, { ...former.attributes, ...patched }].map(withoutNulls);
  if (!shown.some((attributes) => sameJson(attributes, view.attributes)))
    world.faults.push(`SCIM sees ${JSON.stringify(view.attributes)} instead of ${JSON.stringify(shown[0])}`);
}

function withoutNulls(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

/** As providers do: by externalId, else by userName. */
async function lookUp({ deps: { stores } }: World, name: Name): Promise<User | null> {
  const [known] = await stores.users.findBySourceKeys(ORGANIZATION, 'scim', CONNECTION, [keyFor(name)]);
  if (known?.scim.id) return known;
  const namesake = await stores.users.findByUserName(ORGANIZATION, addressOf(name));
  return namesake?.scim.id ? namesake : null;
}

const keyFor = (name: Name): string => `scim:${name}`;

function assertionOf(name: Name, content: Content): ScimAssertion {
  const attributes = { userName: addressOf(name), ...attributesOf(content) };
  return { attributes, externalId: keyFor(name), active: content.active, opaque: undefined };
}

function attributesOf({ title, nickName, givenName, email }: Content): Attributes {
  return {
    ...(title === undefined ? {} : { title }),
    ...(nickName === undefined ? {} : { nickName }),
    ...(givenName === undefined ? {} : { name: { givenName } }),
    ...(email === undefined ? {} : { emails: email === null ? null : [{ value: email, primary: true }] }),
  };
}

function wordOf({ attributes }: ScimAssertion, enabled: boolean | null): Omit<Word, 'order'> {
  return { attributes, email: emailOf(attributes), enabled };
}

/** The only email, else the userName; every candidate must be an address. */
function emailOf({ emails, userName }: Attributes): string | null | undefined {
  const [first] = (emails ?? []) as readonly { readonly value: string }[];
  if (first) return first.value;
  if (typeof userName === 'string' && userName.includes('@')) return userName;
  return emails === null ? null : undefined;
}
