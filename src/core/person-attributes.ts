import { BUILT_IN_EXTENSION } from './reserved-scim-names.ts';
import type { Attributes } from './user.ts';

/** What Rollcall itself knows of a person beyond SCIM's own schemas. */
export const PERSON_EXTENSION = 'urn:rollcall:schemas:1.0:Person';
/** Fields that an organization declares for its people; each stands under its own key. */
export const CUSTOM_EXTENSION = 'urn:rollcall:schemas:1.0:Custom';

/** Canonical names of what people are found by beside their names. */
export const DEPARTMENT = `${BUILT_IN_EXTENSION}:department`;
export const LOCATION = `${PERSON_EXTENSION}:location`;

export const EMPLOYEE_NUMBER = `${BUILT_IN_EXTENSION}:employeeNumber`;

/** The effective employee number as people are found by it: trimmed, else as it is; null without one. */
export function employeeNumberOf({ [EMPLOYEE_NUMBER]: value }: Attributes): string | null {
  return (typeof value === 'string' && value.trim()) || null;
}

/** What else stands in Rollcall's own extension, by its name in the API. */
export const PERSON_ATTRIBUTES = ['location', 'linkedIn', 'dailyInterviewLimit', 'weeklyInterviewLimit'] as const;

/** Whether SCIM knows nothing of an attribute: it is neither shown to identity providers nor ever asserted by them. */
export function isOwnAttribute(canonical: string): boolean {
  return canonical.startsWith(OWN_URNS);
}

/** What all URNs of Rollcall's own begin with; no organization may declare one. */
export const OWN_URNS = 'urn:rollcall:';

/** A field that an organization declares for its people. */
export interface CustomField {
  /** Its name in the API, below `custom`. */
  readonly key: string;
  /** What people read. */
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'choice';
  /** Of `choice`: the texts it may be. */
  readonly choices?: readonly string[] | undefined;
}

/** Whether an attribute is a field that the organization declares no longer: what was said of it is kept, and not shown. */
export function isUndeclared(canonical: string, declared: readonly CustomField[] = []): boolean {
  if (!canonical.startsWith(`${CUSTOM_EXTENSION}:`)) return false;
  const key = canonical.slice(CUSTOM_EXTENSION.length + 1);
  return declared.every((field) => field.key !== key);
}
