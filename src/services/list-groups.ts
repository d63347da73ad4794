import { foreignCursor } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import type { MappedGroup } from '../core/group-mapping.ts';
import { GROUP } from '../core/scim-resource.ts';
import { DIRECTORIES } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import type { Page } from '../ports/user-store.ts';
import { readOrganization } from './organizations.ts';

/** A group as a mapping may name it. */
export interface KnownGroup extends MappedGroup {
  /** What it is called; null for a directory's, and where the provider did not say. */
  readonly name: string | null;
}

export interface GroupQuery {
  /** undefined: any. */
  readonly source?: 'scim' | 'directory' | undefined;
  /** How the name of a SCIM group, or the key of a directory's, begins; in upper or lower case. */
  readonly beginning: string;
}

type GroupDependencies = {
  readonly stores: Pick<Stores, 'organizations' | 'tokens' | 'resources' | 'directoryGroups'>;
};

/** Groups that are listed one after another: those of a connection, those of a directory. */
interface Section {
  readonly name: string;
  read(after: string | null, limit: number): Promise<Page<KnownGroup>>;
}

/**
 * The groups of an organization that are known: those SCIM connections made, in the order of creation, then those of directories that a
 * run has read for a mapping, in the order of their keys. By keyset. Throws `not_found`, and `invalid` for a cursor not given out.
 */
export async function listGroups(
  deps: GroupDependencies,
  organizationId: string,
  query: GroupQuery,
  cursor: string | null,
  limit: number,
): Promise<Page<KnownGroup>> {
  await readOrganization(deps, organizationId);
  const sections = await sectionsOf(deps, organizationId, query);
  const start = cursor === null ? { index: 0, after: null } : placeIn(sections, cursor);
  const items: KnownGroup[] = [];
  for (let { index, after } = start; index < sections.length; index++, after = null) {
    const section = sections[index] as Section;
    const page = await section.read(after, limit - items.length);
    items.push(...page.items);
    if (page.next !== null) return { items, next: `${section.name}:${page.next}` };
    const following = sections[index + 1];
    if (items.length === limit) return { items, next: following ? `${following.name}:` : null };
  }
  return { items, next: null };
}

async function sectionsOf(
  deps: GroupDependencies,
  organizationId: string,
  { source, beginning }: GroupQuery,
): Promise<readonly Section[]> {
  const connections = source === 'directory' ? [] : await deps.stores.tokens.connections(organizationId);
  const own = connections.map(({ id }) => id).sort();
  return [
    ...own.map((connectionId) => sectionOfConnection(deps, organizationId, connectionId, beginning)),
    ...(source === 'scim' ? [] : sectionsOfDirectories(deps, organizationId, fold(beginning))),
  ];
}

function sectionOfConnection(
  { stores }: GroupDependencies,
  organizationId: string,
  connectionId: string,
  beginning: string,
): Section {
  const space = { organizationId, connectionId, type: GROUP };
  const condition =
    beginning === '' ? {} : { condition: { field: 'displayName', op: 'sw', value: beginning } as const };
  return {
    name: connectionId,
    async read(after, limit) {
      const { resources, next } = await stores.resources.list({ ...space, ...condition, from: { after }, limit });
      const items = resources.map(({ id, attributes: { displayName } }): KnownGroup => {
        const name = typeof displayName === 'string' ? displayName : null;
        return { source: 'scim', connectionId, id, name };
      });
      return { items, next };
    },
  };
}

function sectionsOfDirectories(
  { stores }: GroupDependencies,
  organizationId: string,
  beginning: string,
): readonly Section[] {
  return DIRECTORIES.map((source) => ({
    name: source,
    async read(after, limit) {
      const keys = await stores.directoryGroups.list(organizationId, source, beginning, after, limit + 1);
      const items = keys.slice(0, limit).map((id): KnownGroup => ({ source, connectionId: null, id, name: null }));
      return { items, next: keys.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  }));
}

function placeIn(sections: readonly Section[], cursor: string) {
  const [, name, after = ''] = /^([^:]+):([\s\S]*)$/.exec(cursor) ?? [];
  const index = sections.findIndex((section) => section.name === name);
  if (index < 0) throw foreignCursor();
  return { index, after: after === '' ? null : after };
}
