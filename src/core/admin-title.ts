import type { Actor } from './user.ts';

/** What whoever came through the API is called in a sentence: an administrator, or an application, and whom they named. */
export function adminTitle({ kind, onBehalfOf }: Actor): string {
  const title = kind === 'api-key' ? 'an application' : 'an administrator';
  return onBehalfOf === undefined ? title : `${title} for ${onBehalfOf}`;
}
