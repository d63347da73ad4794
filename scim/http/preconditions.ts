import type { IfMatch } from '../../src/services/provision-user.ts';
import { ScimError } from '../messages/scim-error.ts';

/** A version, and perhaps what else shows beside it. */
const TAG = /^(?:W\/)?"(\d{1,15})(?:\.[\w-]{1,64})?"$/;

/** Whether a tag of a header means what is looked at. */
type Means = (named: string) => boolean;

/**
 * What the headers of a write ask of the version (RFC 7232 §3.1, §3.2); null when they ask nothing. A tag that was never ours names no
 * version. Weak and strong tags count alike: a version is one state of the resource.
 */
export function readCondition(ifMatch: string | undefined, ifNoneMatch: string | undefined): IfMatch {
  if (!ifMatch?.trim() && !ifNoneMatch?.trim()) return null;
  return (version) => {
    const isThis: Means = (named) => Number(TAG.exec(named)?.[1] ?? Number.NaN) === version;
    return names(ifMatch, isThis) !== false && names(ifNoneMatch, isThis) !== true;
  };
}

/**
 * Whether a reader already has what this tag stands for (If-None-Match). Throws 412 when they want another one only (If-Match).
 */
export function readerHas(ifMatch: string | undefined, ifNoneMatch: string | undefined, tag: string): boolean {
  const isThis: Means = (named) => strong(named) === strong(tag);
  if (names(ifMatch, isThis) === false) throw new ScimError(412, 'the resource was changed since you read it');
  return names(ifNoneMatch, isThis) === true;
}

/** Whether a header names it; undefined without one. `*` names everything there is. */
function names(header: string | undefined, isThis: Means): boolean | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  return text === '*' || text.split(',').some((named) => isThis(named.trim()));
}

const strong = (tag: string): string => tag.replace(/^W\//, '');
