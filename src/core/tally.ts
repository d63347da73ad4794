/** One more of each. */
export function tally<Name extends string>(
  counts: { readonly [name in Name]?: number },
  names: readonly Name[],
): { readonly [name in Name]?: number } {
  const next: { [name in Name]?: number } = { ...counts };
  for (const name of names) next[name] = (next[name] ?? 0) + 1;
  return next;
}
