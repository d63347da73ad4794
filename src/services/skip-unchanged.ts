import { grantsActive } from '../core/grants.ts';
import type { Organization } from '../core/organization.ts';
import type { Row, Work } from './page-work.ts';

/**
 * Leaves out the rows whose person the directory shows just as before, without reading anybody; they count as unchanged.
 *
 * A stored person agrees with the settings they were last looked at with. While a sweep is still carrying newer ones to everybody,
 * nobody is left out here.
 */
export async function skipUnchanged(
  { deps, run, outcome }: Work,
  { settings, sweep }: Organization,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  if (sweep.state === 'running') return rows;
  const { organizationId, source } = run;
  const people = rows.map(({ person }) => person);
  const ungranted = grantsActive(settings, source);
  const news = await deps.stores.users.directoryNews(organizationId, source, people, ungranted);
  outcome.unchanged += rows.length - news.size;
  return rows.filter(({ person }) => news.has(person.externalId));
}
