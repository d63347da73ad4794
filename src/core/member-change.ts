import type { Member } from './scim-resource.ts';

/** A member as a request names them: what they are is for the store to say. */
export interface NamedMember {
  readonly id: string;
  readonly display?: string;
}

/** One thing a request does to the members of a group; later steps see what earlier ones did. */
export type MemberStep =
  | { readonly kind: 'add' | 'replace'; readonly members: readonly NamedMember[] }
  /** `when` decides about those of them that are members. */
  | { readonly kind: 'remove'; readonly ids: readonly string[]; readonly when?: (member: Partial<Member>) => boolean };

/** What the steps of a request amount to: everybody is named once, either as coming or as leaving. */
export interface PlannedMembers {
  /** Whoever is not in `add` leaves. */
  readonly replace: boolean;
  readonly add: ReadonlyMap<string, NamedMember>;
  readonly remove: ReadonlySet<string>;
}

type Known = ReadonlyMap<string, Member>;

/** Everybody the steps name. */
export function namedIn(steps: readonly MemberStep[]): readonly string[] {
  const ids = steps.flatMap((step) => (step.kind === 'remove' ? step.ids : step.members.map(({ id }) => id)));
  return [...new Set(ids)];
}

/**
 * Takes the steps one after another without knowing the group: `known` are those of the people named who are in it.
 */
export function planMembers(steps: readonly MemberStep[], known: Known): PlannedMembers {
  const plan = { replace: false, add: new Map<string, NamedMember>(), remove: new Set<string>() };
  for (const step of steps) {
    if (step.kind === 'remove') {
      for (const id of step.ids) if (isMeant(step, id, plan, known)) leave(plan, id);
      continue;
    }
    if (step.kind === 'replace') {
      plan.replace = true;
      plan.add.clear();
      plan.remove.clear();
    }
    for (const member of step.members) join(plan, member);
  }
  return plan;
}

type Plan = { replace: boolean; readonly add: Map<string, NamedMember>; readonly remove: Set<string> };

function isMeant({ when }: Extract<MemberStep, { kind: 'remove' }>, id: string, plan: Plan, known: Known): boolean {
  if (!when) return true;
  const stays = !plan.replace && !plan.remove.has(id);
  const former = known.get(id);
  const member = { ...former, ...plan.add.get(id) };
  return (plan.add.has(id) || (stays && former !== undefined)) && when(member);
}

function leave({ replace, add, remove }: Plan, id: string): void {
  add.delete(id);
  if (!replace) remove.add(id);
}

/** Whoever is named again without a name keeps the one they were given before. */
function join({ add, remove }: Plan, member: NamedMember): void {
  remove.delete(member.id);
  add.set(member.id, { ...add.get(member.id), ...member });
}

/** Those who come in, or are called something else than before. Who comes again without a name keeps theirs. */
export function newcomers({ add }: PlannedMembers, known: Known): readonly NamedMember[] {
  return [...add.values()].filter(({ id, display }) => {
    const former = known.get(id);
    return former === undefined || (display !== undefined && display !== former.display);
  });
}
