/** How often each was met, by name. */
export type Counts<Name extends string> = { readonly [name in Name]?: number };
/** On which pages each was met. */
export type PagesOf<Name extends string> = { readonly [name in Name]?: readonly number[] };

/** One more of each. */
export function tally<Name extends string>(counts: Counts<Name>, names: readonly Name[]): Counts<Name> {
  const next: { [name in Name]?: number } = { ...counts };
  for (const name of names) next[name] = (next[name] ?? 0) + 1;
  return next;
}

/** Counts what a page holds, and notes where each is met. */
export function tallyPage<Name extends string>(
  counts: Counts<Name>,
  pagesOf: PagesOf<Name>,
  page: number,
  names: readonly Name[],
): { readonly counts: Counts<Name>; readonly pagesOf: PagesOf<Name> } {
  const nextPages: { [name in Name]?: readonly number[] } = { ...pagesOf };
  for (const name of new Set(names)) nextPages[name] = [...(nextPages[name] ?? []), page];
  return { counts: tally(counts, names), pagesOf: nextPages };
}
