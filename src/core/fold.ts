/**
 * Folds text for comparison: two spellings of one address or userName fold to the same string.
 *
 * NFC, then lower case (RFC 7643 §2.1 caseExact false). Stored beside the original as its twin.
 */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
