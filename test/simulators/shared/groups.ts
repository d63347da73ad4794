/** A member by position of a person, or anything else as the vendor shows it. */
export type SimulatedMember = number | { readonly [name: string]: unknown };

/** A group of the directory, with its direct members in order. */
export interface SimulatedGroup {
  readonly id: string;
  readonly email: string;
  readonly name?: string;
  readonly members: readonly SimulatedMember[];
  /** Of Microsoft: whoever may not see hidden members gets none of them, or their ids without a type. */
  readonly hidden?: 'nothing' | 'ids';
}

/** Groups by key or address. */
export function createGroups() {
  const groups = new Map<string, SimulatedGroup>();
  return {
    put: (group: SimulatedGroup) => void groups.set(group.id, group),
    find: (key: string) =>
      [...groups.values()].find(({ id, email }) => id === key || email.toLowerCase() === key.toLowerCase()) ?? null,
    reset: () => groups.clear(),
  };
}
