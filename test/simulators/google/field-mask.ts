/** What a `fields` parameter selects: names with what is selected below them; null = everything below. */
export type Mask = ReadonlyMap<string, Mask | null>;

/**
 * Parses the grammar of Google's partial responses: `a,b/c,d(e,f/g(h)),*`. Throws a SyntaxError naming the place.
 */
export function parseMask(text: string): Mask {
  const tokens = text.match(/[\w@.$-]+|[(),/*]|\S/g) ?? [];
  let at = 0;
  const next = () => tokens[at];
  const fail = (): never => {
    throw new SyntaxError(`Invalid field selection ${tokens.slice(at).join('') || text}`);
  };

  function selections(): Mask {
    const mask = new Map<string, Mask | null>();
    do {
      const [name, below] = selection();
      mask.set(name, merge(mask, name, below));
    } while (take(','));
    return mask;
  }

  function selection(): readonly [string, Mask | null] {
    const name = next() ?? fail();
    if (!/^(\*|[\w@.$-]+)$/.test(name)) fail();
    at += 1;
    if (take('/')) return [name, new Map([selection()])];
    if (!take('(')) return [name, null];
    const below = selections();
    if (!take(')')) fail();
    return [name, below];
  }

  function take(token: string): boolean {
    if (next() !== token) return false;
    at += 1;
    return true;
  }

  const mask = selections();
  return at === tokens.length ? mask : fail();
}

/** Selecting a name twice selects both. */
function merge(mask: Mask, name: string, below: Mask | null): Mask | null {
  if (!mask.has(name)) return below;
  const before = mask.get(name) ?? null;
  return before === null || below === null ? null : new Map([...before, ...below]);
}

/** Keeps of a JSON value what the mask selects; lists are passed through item by item. */
export function applyMask(value: unknown, mask: Mask | null): unknown {
  if (mask === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => applyMask(item, mask));
  const kept: [string, unknown][] = [];
  for (const [name, inner] of Object.entries(value)) {
    const below = mask.has(name) ? mask.get(name) : mask.get('*');
    if (below !== undefined) kept.push([name, applyMask(inner, below)]);
  }
  return Object.fromEntries(kept);
}

/** The names (as paths) a mask selects that are not among the known ones; below an unlisted name everything is allowed. */
export function unknownNames(mask: Mask, known: KnownNames, path = ''): readonly string[] {
  return [...mask].flatMap(([name, below]) => {
    if (name === '*') return [];
    const inner = Object.hasOwn(known, name) ? known[name] : undefined;
    if (inner === undefined) return [`${path}${name}`];
    return below && inner ? unknownNames(below, inner, `${path}${name}/`) : [];
  });
}

/** A name with the names below it; null when anything may be below. */
export interface KnownNames {
  readonly [name: string]: KnownNames | null;
}
