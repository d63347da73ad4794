import { BUILT_IN_EXTENSION } from './reserved-scim-names.ts';

/** What Rollcall itself knows of a person beyond SCIM's own schemas. */
export const PERSON_EXTENSION = 'urn:rollcall:schemas:1.0:Person';
/** Fields that an organization declares for its people; each stands under its own key. */
export const CUSTOM_EXTENSION = 'urn:rollcall:schemas:1.0:Custom';

/** Canonical names of what people are found by beside their names. */
export const DEPARTMENT = `${BUILT_IN_EXTENSION}:department`;
export const LOCATION = `${PERSON_EXTENSION}:location`;
