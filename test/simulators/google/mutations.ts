import type { GoogleUser } from './people.ts';
import type { World } from './world.ts';

/** One person by position, id or address, or a range of positions (`to` excluded; `every` 10 = each tenth of them). */
export type Who = number | string | { readonly from: number; readonly to: number; readonly every?: number };
type Fields = { readonly [name: string]: unknown };

/** Something that happens in the tenant. */
export type Mutation =
  | { readonly do: 'suspend'; readonly who: Who; readonly reason?: string }
  | { readonly do: 'unsuspend' | 'archive' | 'unarchive' | 'delete' | 'restore'; readonly who: Who }
  | { readonly do: 'rename'; readonly who: Who; readonly givenName: string; readonly familyName: string }
  /** The former address becomes an alias, as Google does. */
  | { readonly do: 'change-email'; readonly who: Who; readonly to: string }
  | { readonly do: 'swap-emails'; readonly who: Who; readonly with: Who }
  /** Any field, raw; `remove` leaves fields out of the answers. */
  | { readonly do: 'set'; readonly who: Who; readonly fields?: Fields; readonly remove?: readonly string[] }
  | { readonly do: 'add'; readonly count?: number; readonly fields?: Fields };

/**
 * Lets it happen and returns the positions it touched. Throws when somebody meant is not there or an address is in use.
 */
export function mutate(world: World, mutation: Mutation): readonly number[] {
  if (mutation.do === 'add') return addPeople(world, mutation.count ?? 1, mutation.fields);
  if (!Object.hasOwn(ONE, mutation.do)) throw new Error(`"do" must be add or one of ${Object.keys(ONE).join(', ')}`);
  const indexes = indexesOf(world, mutation.who);
  for (const index of indexes) ONE[mutation.do](world, index, mutation as never);
  return indexes;
}

type On<Verb> = (world: World, index: number, mutation: Extract<Mutation, { readonly do: Verb }>) => void;

const ONE: { readonly [Verb in Exclude<Mutation['do'], 'add'>]: On<Verb> } = {
  suspend: (world, index, { reason = 'ADMIN' }) => world.change(index, { suspended: true, suspensionReason: reason }),
  unsuspend: (world, index) => world.change(index, { suspended: false }, ['suspensionReason']),
  archive: (world, index) => world.change(index, { archived: true }),
  unarchive: (world, index) => world.change(index, { archived: false }),
  delete: (world, index) => world.delete(index),
  restore: (world, index) => world.restore(index),
  rename: (world, index, { givenName, familyName }) =>
    world.change(index, { name: { givenName, familyName, fullName: `${givenName} ${familyName}` } }),
  'change-email': (world, index, { to }) => {
    const holder = world.find(to);
    if (holder && holder.index !== index) throw new Error(`${to} is the address of somebody else`);
    const user = person(world, index);
    const aliases = [...(user.aliases ?? []), String(user.primaryEmail)].filter((alias) => alias !== to);
    world.change(index, { ...withEmail(to), aliases });
  },
  'swap-emails': (world, index, { with: other }) => {
    const [otherIndex = -1] = indexesOf(world, other);
    const mine = String(person(world, index).primaryEmail);
    const theirs = String(person(world, otherIndex).primaryEmail);
    world.change(index, withEmail(theirs));
    world.change(otherIndex, withEmail(mine));
  },
  set: (world, index, { fields = {}, remove = [] }) => world.change(index, fields, remove),
};

const withEmail = (address: string): Fields => ({
  primaryEmail: address,
  emails: [{ address, primary: true }],
});

function addPeople(world: World, count: number, fields?: Fields): readonly number[] {
  return Array.from({ length: count }, () => world.add(fields));
}

function person(world: World, index: number): GoogleUser {
  const user = world.at(index);
  if (!user) throw new Error(`nobody is at position ${index}`);
  return user;
}

function indexesOf(world: World, who: Who): readonly number[] {
  if (typeof who === 'object') {
    const { from, to, every = 1 } = who;
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / every)) }, (_, step) => from + step * every);
  }
  const index = typeof who === 'number' ? who : (world.find(who)?.index ?? -1);
  if (index < 0 || index >= world.size()) throw new Error(`nobody is known as ${who}`);
  return [index];
}
