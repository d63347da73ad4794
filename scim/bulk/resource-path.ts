import type { Dialect } from '../filter/literal.ts';
import { bulkIdOf } from './references.ts';

/** The path of an operation, taken apart as that of a request is. */
export interface ResourcePath {
  /** Percent-encoded, without the empty segment of a trailing slash. */
  readonly segments: readonly string[];
  readonly query: string;
}

/**
 * Reads a path below the service's root; undefined when it is none. Outside of `strict` it may lack the slash in front, or begin with
 * the service's own address.
 */
export function readResourcePath(text: string, baseUrl: string, dialect: Dialect): ResourcePath | undefined {
  const at = text.indexOf('?');
  const [sent, query] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  const path = dialect === 'compat' ? withoutRoot(sent, baseUrl) : sent;
  if (!path.startsWith('/')) return undefined;
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return { segments, query };
}

/** The bulkIds that stand in the place of ids. */
export function referencesInPath({ segments }: ResourcePath): readonly string[] {
  return segments.flatMap((segment) => bulkIdOf(decoded(segment)) ?? []);
}

/** The segments with ids in the place of references. */
export function resolveSegments(segments: readonly string[], ids: ReadonlyMap<string, string>): readonly string[] {
  return segments.map((segment) => {
    const id = ids.get(bulkIdOf(decoded(segment)) ?? '');
    return id === undefined ? segment : encodeURIComponent(id);
  });
}

function withoutRoot(path: string, baseUrl: string): string {
  for (const root of [baseUrl, new URL(baseUrl).pathname])
    if (path.startsWith(`${root}/`)) return path.slice(root.length);
  return path.startsWith('/') ? path : `/${path}`;
}

/** Broken encoding names nothing; whoever looks for the route says so. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
