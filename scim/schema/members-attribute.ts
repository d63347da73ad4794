import type { Attribute, ResourceSchema } from './attribute.ts';

/** The members of a type of resource whose resources are groups. */
export function membersAttribute({ byKey }: ResourceSchema): Attribute | undefined {
  const attribute = byKey.get('members');
  return attribute?.place === 'members' ? attribute : undefined;
}
