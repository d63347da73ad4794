import { canonicalText } from '../core/canonical-text.ts';
import { AppError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { ARCHIVE_KINDS, type ArchiveKind, type Shelf } from '../ports/archive.ts';
import type { MoveDependencies } from './migrate-store.ts';

/** What one kind came to, the same in source and target. */
export interface MovedKind {
  readonly kind: ArchiveKind;
  readonly count: number;
  /** Over the entries in whatever order: the sum of their SHA-256, 64 hex digits. */
  readonly digest: string;
}

const BATCH = 100;
const MODULUS = 2n ** 256n;

/**
 * Reads both stores through and compares them kind by kind. Throws `stale` naming the kinds that differ.
 */
export async function compareArchives(deps: MoveDependencies): Promise<readonly MovedKind[]> {
  const kinds: MovedKind[] = [];
  const different: string[] = [];
  for (const kind of ARCHIVE_KINDS) {
    const [source, target] = await compareKind(deps, kind);
    if (source.count !== target.count || source.digest !== target.digest)
      different.push(`${kind} (${source.count} in the source, ${target.count} in the target)`);
    kinds.push({ kind, ...source });
  }
  if (different.length === 0) return kinds;
  const sentence = `the copy differs from the source in ${different.join(', ')}: was the source used meanwhile? Empty the target and start again`;
  throw new AppError('stale', sentence, { different });
}

type Sum = Omit<MovedKind, 'kind'>;

async function compareKind<Kind extends ArchiveKind>(deps: MoveDependencies, kind: Kind): Promise<readonly [Sum, Sum]> {
  const { from, to, hash, onProgress } = deps;
  const shelves = [from.shelf(kind), to.shelf(kind)] as const;
  const total = (await shelves[0].count()) + (await shelves[1].count());
  let done = 0;
  const onRead = (entries: number) => {
    done += entries;
    onProgress({ step: 'compared', kind, done, total });
  };
  return [await sumOf(shelves[0], hash, onRead), await sumOf(shelves[1], hash, onRead)];
}

async function sumOf<Entry>(
  shelf: Shelf<Entry>,
  hash: (text: string) => string,
  onRead: (entries: number) => void,
): Promise<Sum> {
  let count = 0;
  let sum = 0n;
  for (let cursor: string | null = null; ; ) {
    const { items, next } = await shelf.read(cursor, BATCH);
    for (const entry of items) sum += BigInt(`0x${hash(canonicalText(entry as Json))}`);
    count += items.length;
    onRead(items.length);
    if (next === null) return { count, digest: (sum % MODULUS).toString(16).padStart(64, '0') };
    cursor = next;
  }
}
