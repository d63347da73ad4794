import type { Grant, User } from './user.ts';

/** A recruiting agency. Its people are users of the organization, of a kind of their own. Written by compare-and-swap on `version`. */
export interface Agency {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** What its people have while they are active, whatever their level. Computed on read, never stored with them. */
  readonly roles: readonly Grant[];
  /** Since when nobody can join it, nor be active in it; null while it is open. */
  readonly archivedAt: string | null;
  /** Whether anybody has ever been one of its people: then it is never deleted. */
  readonly used: boolean;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The roles somebody has through their agency just now. */
export function agencyRolesOf({ status }: Pick<User, 'status'>, agency: Agency | undefined): readonly Grant[] {
  return status === 'active' && agency?.archivedAt === null ? agency.roles : [];
}
