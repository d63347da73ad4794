import type { Delimiter } from './import.ts';

export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** A first line that spreadsheets write and read, and nobody sees: what separates cells in those that follow. */
const NAMING = /^("?)sep=([,;\t|])\1(?=[\r\n])/i;

/** What a file says by itself of its delimiter, and how long it says so; its first line is blank without that. */
export function namedDelimiter(text: string): { readonly delimiter: Delimiter; readonly length: number } | null {
  const [naming = '', , delimiter] = NAMING.exec(text) ?? [];
  return naming === '' ? null : { delimiter: delimiter as Delimiter, length: naming.length };
}

/** The delimiter that is met most in the first line that is not blank, outside of quotes; a comma when none is. */
export function guessDelimiter(text: string): Delimiter {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
  for (const character of firstLine(text).unquoted)
    if (counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  return DELIMITERS.reduce((best, one) => ((counts.get(one) ?? 0) > (counts.get(best) ?? 0) ? one : best));
}

/** Whether a text goes on after its first line that is not blank. */
export const holdsFirstLine = (text: string): boolean => firstLine(text).isWhole;

/** What stands in the first line outside of quotes, and whether something follows. */
function firstLine(text: string): { readonly unquoted: string; readonly isWhole: boolean } {
  const start = text.search(/[^\r\n]/);
  let unquoted = '';
  for (const [index, part] of (start < 0 ? '' : text.slice(start)).split('"').entries()) {
    if (index % 2 === 1) continue;
    const end = part.search(/[\r\n]/);
    if (end >= 0) return { unquoted: unquoted + part.slice(0, end), isWhole: true };
    unquoted += part;
  }
  return { unquoted, isWhole: false };
}
