import { loggablePath } from './loggable-path.ts';

const STRUCK = '[redacted]';
const MAX_DEPTH = 8;
const MAX_ITEMS = 200;
const MAX_TEXT = 10_000;

/** Names whose values are secrets, compared without case, dashes and underscores, alone or as the end of a longer name. */
const SECRET_NAME =
  /(authorization|cookie|token|password|passphrase|secret|privatekey|secretkey|operatorkey|apikey|credentials?|assertion|pepper)s?$/;

/** Shapes that are secret wherever they stand in a text, and what is left of them. */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/rcl_[a-z]+_[0-9A-Za-z]{8}_[0-9A-Za-z]+/g, STRUCK],
  [/\b(Bearer|Basic) [\w.~+/=-]{12,}/gi, `$1 ${STRUCK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, STRUCK],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, STRUCK],
  [/\bya29\.[\w.-]+/g, STRUCK],
  [/\brcs1\.[\w.-]+/g, STRUCK],
  [/\?[\w.~%[\]-]{1,100}=[^\s"'<>)]*/g, '?…'],
];

/**
 * A copy of anything that may be written to a log: secrets struck out by the name that holds them at any depth and by their
 * own shape, URL queries cut, bounded in depth and size, free of cycles. Errors become type, message, code, stack and cause.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

/** Strikes out what has the shape of a secret inside a text, and the values of URL queries. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return SECRET_SHAPES.reduce((current, [shape, left]) => current.replace(shape, left), bounded);
}

function copy(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deep]';
  return copyObject(value, depth + 1, new Set([...above, value]));
}

function copyObject(value: object, depth: number, above: ReadonlySet<object>): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL) return `${value.protocol}//${value.host}${loggablePath(value.href)}`;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, MAX_ITEMS).map((item) => copy(item, depth, above));
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value instanceof Error ? factsOf(value) : value);
  return Object.fromEntries(
    entries
      .slice(0, MAX_ITEMS)
      .map(([name, item]) => [redactText(String(name)), isSecret(name) ? STRUCK : copy(item, depth, above)]),
  );
}

/** Only what is named here: request objects that libraries hang on their errors carry headers and bodies. */
function factsOf(error: Error): object {
  const { name, message, stack, cause } = error;
  const { code, status, details } = error as { code?: unknown; status?: unknown; details?: unknown };
  const facts = { type: name, message, code, status, details, stack, cause };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
}

function isSecret(name: unknown): boolean {
  return SECRET_NAME.test(
    String(name)
      .toLowerCase()
      .replace(/[-_\s]/g, ''),
  );
}
