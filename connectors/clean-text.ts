// Spaces without width stand in for a missing half of a name; joiners (200C, 200D) belong to many scripts and stay.
const INVISIBLE = /[\u200B\u2060\uFEFF]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/g;
const PLAIN = /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/;
const ONLY_MARKS = /^[\u200C-\u200F\u202A-\u202E\u2066-\u2069\s]*$/;

/** Text as people would compare it: NFC, trimmed, nothing invisible; null when nothing is left. */
export function cleanText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (PLAIN.test(value)) return value;
  const text = value.replace(INVISIBLE, '').replace(CONTROL, ' ').normalize('NFC').trim();
  return ONLY_MARKS.test(text) ? null : text;
}

const ADDRESS = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*$/;

/** A usable address, or null. */
export function addressOf(value: unknown): string | null {
  const text = cleanText(value);
  return text !== null && text.length <= 254 && ADDRESS.test(text) ? text : null;
}

/** The usable addresses of a list, sorted, so that a change of order is no change. */
export function addressesOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.map(addressOf).filter((address) => address !== null))].sort();
}
