import type { IfMatch } from '../../src/services/provision-user.ts';

/** A version, and perhaps what else shows beside it. */
const TAG = /^(?:W\/)?"(\d{1,15})(?:\.[\w-]{1,64})?"$/;

/**
 * The versions an If-Match header names (RFC 7232 §3.1); null without one. A tag that was never ours names no
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

/** Whether an If-None-Match header names this tag (RFC 7232 §3.2); weak and strong ones count alike. */
export function namesTag(header: string | undefined, tag: string): boolean {
  const text = header?.trim() ?? '';
  return text === '*' || text.split(',').some((named) => strong(named.trim()) === strong(tag));
}

const strong = (tag: string): string => tag.replace(/^W\//, '');
