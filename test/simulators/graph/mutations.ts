import type { World } from './world.ts';

/** One person by position, id or principal name, or a range of positions (`to` excluded; `every` 10 = each tenth of them). */
export type Who = number | string | { readonly from: number; readonly to: number; readonly every?: number };
type Fields = { readonly [name: string]: unknown };

/** Something that happens in the tenant. */
export type Mutation =
  /** Deleted people lie in the bin for 30 days; purged ones are gone at once. */
  | { readonly do: 'disable' | 'enable' | 'delete' | 'purge' | 'restore'; readonly who: Who }
  | { readonly do: 'rename'; readonly who: Who; readonly givenName: string; readonly surname: string }
  | { readonly do: 'change-email'; readonly who: Who; readonly to: string }
  | { readonly do: 'swap-emails'; readonly who: Who; readonly with: Who }
  /** Any field, raw; `remove` leaves fields out of the answers. */
  | { readonly do: 'set'; readonly who: Who; readonly fields?: Fields; readonly remove?: readonly string[] }
  | { readonly do: 'add'; readonly count?: number; readonly fields?: Fields };

/** Lets it happen and returns the positions it touched. Throws when somebody meant is not there. */
export function mutate(world: World, mutation: Mutation): readonly number[] {
  if (mutation.do === 'add') return Array.from({ length: mutation.count ?? 1 }, () => world.add(mutation.fields));
  if (!Object.hasOwn(ONE, mutation.do)) throw new Error(`"do" must be add or one of ${Object.keys(ONE).join(', ')}`);
  const indexes = indexesOf(world, mutation.who);
  for (const index of indexes) ONE[mutation.do](world, index, mutation as never);
  return indexes;
}

type On<Verb> = (world: World, index: number, mutation: Extract<Mutation, { readonly do: Verb }>) => void;

const ONE: { readonly [Verb in Exclude<Mutation['do'], 'add'>]: On<Verb> } = {
  disable: (world, index) => world.change(index, { accountEnabled: false }),
  enable: (world, index) => world.change(index, { accountEnabled: true }),
  delete: (world, index) => world.delete(index, false),
  purge: (world, index) => world.delete(index, true),
  restore: (world, index) => world.restore(index),
  rename: (world, index, { givenName, surname }) =>
    world.change(index, { givenName, surname, displayName: `${givenName} ${surname}` }),
  'change-email': (world, index, { to }) => world.change(index, withEmail(to)),
  'swap-emails': (world, index, { with: other }) => {
    const [otherIndex = -1] = indexesOf(world, other);
    const [mine, theirs] = [index, otherIndex].map((position) => String(world.at(position)?.mail));
    world.change(index, withEmail(theirs ?? ''));
    world.change(otherIndex, withEmail(mine ?? ''));
  },
  set: (world, index, { fields = {}, remove = [] }) => world.change(index, fields, remove),
};

const withEmail = (address: string): Fields => ({ mail: address, userPrincipalName: address });

function indexesOf(world: World, who: Who): readonly number[] {
  if (typeof who === 'object') {
    const { from, to, every = 1 } = who;
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / every)) }, (_, step) => from + step * every);
  }
  const index = typeof who === 'number' ? who : (world.find(who) ?? -1);
  if (index < 0 || index >= world.size()) throw new Error(`nobody is known as ${who}`);
  return [index];
}
