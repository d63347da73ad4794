import { createHash } from 'node:crypto';
import type { ResourceView } from './resource-view.ts';

const DIGEST_LENGTH = 12;

/**
 * The weak entity tag of a resource as it is shown (RFC 7644 §3.14): its version, and, for somebody who is in groups, a digest of
 * those, which change without the person. They are built by us, so that what is the same reads the same.
 */
export function entityTag({ version, groups }: Pick<ResourceView, 'version' | 'groups'>): string {
  if (!groups || groups.length === 0) return `W/"${version}"`;
  const digest = createHash('sha256').update(JSON.stringify(groups)).digest('base64url');
  return `W/"${version}.${digest.slice(0, DIGEST_LENGTH)}"`;
}
