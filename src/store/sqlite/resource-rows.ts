import { fold } from '../../core/fold.ts';
import type { Member, ScimResource } from '../../core/scim-resource.ts';
import type { ResourceSpace } from '../../ports/resource-store.ts';
import type { Row, Value } from './statements.ts';

/** The text a space is numbered by. */
export function spaceText({ organizationId, connectionId, type }: ResourceSpace): string {
  return JSON.stringify([organizationId, connectionId, type]);
}

/** The space of such a text. */
export function spaceOf(text: string): ResourceSpace {
  const [organizationId = '', connectionId = '', type = ''] = JSON.parse(text) as readonly string[];
  return { organizationId, connectionId, type };
}

/** Columns of `resources` that follow from the resource and its claims, in the order of `resourceValues`. */
export const RESOURCE_COLUMNS = [
  'version',
  'external_id',
  'display_name',
  'shown_name',
  'created',
  'updated',
  'claims',
  'document',
] as const;

export function resourceValues(resource: ScimResource, claims: string): readonly Value[] {
  const { version, externalId, attributes, createdAt, updatedAt } = resource;
  const { displayName } = attributes;
  const shown = typeof displayName === 'string' ? displayName : null;
  const folded = shown === null ? null : fold(shown);
  return [version, externalId, folded, shown, createdAt, updatedAt, claims, JSON.stringify(resource)];
}

export function resourceOf(row: Row): ScimResource {
  return JSON.parse(row.document as string) as ScimResource;
}

export function memberOf({ member, kind, display }: Row): Member {
  const named = { id: member as string, kind: kind as Member['kind'] };
  return display === null ? named : { ...named, display: display as string };
}
