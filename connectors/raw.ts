/** A JSON object as it came. */
export type Raw = { readonly [key: string]: unknown };

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
