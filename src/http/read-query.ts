import { invalidInput } from './parse-input.ts';

/** The parameters of a URL's query, each named once. Throws `invalid` for one that is given twice. */
export function readQuery(url: string): { readonly [name: string]: string } {
  const at = url.indexOf('?');
  const parameters = [...new URLSearchParams(at < 0 ? '' : url.slice(at + 1))];
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const [name] of parameters) (seen.has(name) ? repeated : seen).add(name);
  if (repeated.size > 0) throw invalidInput([...repeated].map((path) => ({ path, message: 'may be given only once' })));
  return Object.fromEntries(parameters);
}
