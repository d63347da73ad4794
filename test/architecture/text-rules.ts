/** Texts that would tie the project to one machine or one registry. Written in pieces, so that this file passes too. */
const TIES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(^|[\\s"'\`=(:])/${'work'}/`, 'm'), 'a path of somebody’s machine'],
  [new RegExp(`(^|[\\s"'\`=(:])/(${'root'}|${'home'}/[a-z][\\w-]*)\\b`, 'm'), 'a path of somebody’s machine'],
  [new RegExp(`[A-Z]:\\\\${'Users'}\\\\`), 'a path of somebody’s machine'],
  [
    new RegExp(`\\b(registry|${'npm'})\\.[\\w.-]*(${'npm'}|yarn|taobao|mirror)[\\w.-]*`, 'i'),
    'the host of a package registry',
  ],
  [new RegExp(`\\b(${'artifact'}ory|${'verda'}ccio|${'nexus'})[\\w-]*\\.[a-z]`, 'i'), 'the host of a package registry'],
  [/"resolved":\s*"/, 'where a package was fetched from'],
];

/** What a text of the project says that it should not, one sentence each. */
export function textComplaints(path: string, text: string): readonly string[] {
  return TIES.flatMap(([pattern, what]) => {
    const found = pattern.exec(text);
    if (!found) return [];
    const line = text.slice(0, found.index).split('\n').length;
    return [`${path}:${line} mentions ${what}: ${found[0].trim()}`];
  });
}
