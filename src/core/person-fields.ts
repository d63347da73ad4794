import { sameJson } from './json.ts';
import type { User } from './user.ts';

/** What a person says; the other fields of a `User` say which person it is, and when and how often it was written. */
type Said = Exclude<keyof User, 'id' | 'organizationId' | keyof Written>;

type Written = Pick<User, 'version' | 'seenByScim' | 'settingsVersion' | 'eventCount' | 'createdAt' | 'updatedAt'>;

interface Field {
  readonly same: (before: User, next: User) => boolean;
  /** No SCIM resource is made of it: a change of nothing else is none to SCIM. */
  readonly unseen?: true;
}

/** One row per field; those that differ most often come first. */
const FIELDS: Readonly<Record<Said, Field>> = {
  status: { same: ({ status }, next) => status === next.status },
  email: { same: ({ email }, next) => email === next.email },
  kind: { same: ({ kind }, next) => kind === next.kind },
  scim: { same: ({ scim }, next) => scim.id === next.scim.id && scim.connectionId === next.scim.connectionId },
  records: { same: ({ records }, next) => sameRecords(records, next.records) },
  attributes: { same: ({ attributes }, next) => sameJson(attributes, next.attributes) },
  heldEmail: { same: ({ heldEmail }, next) => same(heldEmail, next.heldEmail), unseen: true },
  access: { same: ({ access }, next) => same(access, next.access), unseen: true },
  block: { same: ({ block }, next) => same(block, next.block), unseen: true },
  hostId: { same: ({ hostId }, next) => hostId === next.hostId, unseen: true },
  /** Nobody of an agency is seen at all, and joining or leaving one changes the kind. */
  agencyId: { same: ({ agencyId }, next) => agencyId === next.agencyId, unseen: true },
  formerPools: { same: ({ formerPools }, next) => formerPools === next.formerPools, unseen: true },
  lastReplacement: { same: (before, next) => same(before.lastReplacement, next.lastReplacement), unseen: true },
  /** The groups themselves are shown, and have a part of their own in the entity tag. */
  lastGroupChange: { same: (before, next) => same(before.lastGroupChange, next.lastGroupChange), unseen: true },
};

const ALL = Object.values(FIELDS);
const SEEN = ALL.filter(({ unseen }) => !unseen);

/** Whether two states of a person say the same. */
export function isSame(before: User, next: User): boolean {
  return ALL.every((field) => field.same(before, next));
}

/** Whether SCIM can see no difference between two states of a person. */
export function isSameToScim(before: User, next: User): boolean {
  return SEEN.every((field) => field.same(before, next));
}

function same(left: object | null | undefined, right: object | null | undefined): boolean {
  return left === right || JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
}

function sameRecords(before: User['records'], next: User['records']): boolean {
  return before.length === next.length && next.every((record) => before.includes(record));
}
