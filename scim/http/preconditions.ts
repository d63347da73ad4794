import type { IfMatch } from '../../src/services/provision-user.ts';

const TAG = /^(?:W\/)?"(\d{1,15})"$/;

/**
 * The versions an If-Match or If-None-Match header names (RFC 7232 §3); null without one. A tag that was never ours names no
 * version, so it matches nothing. Weak and strong tags count alike: a version is one state of the resource.
 */
export function readVersions(header: string | undefined): IfMatch {
  const text = header?.trim();
  if (!text) return null;
  if (text === '*') return '*';
  return text.split(',').flatMap((tag) => {
    const match = TAG.exec(tag.trim());
    return match ? [Number(match[1])] : [];
  });
}

/** Whether the header names this version. */
export function namesVersion(versions: IfMatch, version: number): boolean {
  return versions === '*' || (versions?.includes(version) ?? false);
}
