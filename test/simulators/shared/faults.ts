import type { Reply } from './reply.ts';

/** What every simulator tells the faults about a call. */
export interface FaultedCall {
  readonly operation: string;
  readonly page: number;
  readonly key: string | null;
}

/** When to spoil which answers, and how. */
export interface RuleOf<Operation extends string, Fault> {
  /** Which calls; everything when absent. `page` counts a listing's pages from 1, `key` is the key of a look-up. */
  readonly match?: { readonly operation?: Operation; readonly page?: number; readonly key?: string };
  /** Matching calls to leave alone first; 0 unless told. */
  readonly after?: number;
  /** Matching calls to spoil then; 1 unless told. */
  readonly times?: number | 'always';
  readonly fault: Fault;
}

export interface Faults<Rule, Call> {
  add(rule: Rule): void;
  clear(): void;
  /** The answer as the first rule that applies leaves it; the same answer when none does. */
  spoil(reply: Reply, call: Call): Reply;
  /** Answers spoiled so far. */
  spoiled(): number;
}

type AnyRule = RuleOf<string, { readonly kind: string }>;
type Spoils<Call> = { readonly [kind: string]: (reply: Reply, fault: never, call: Call) => Reply };

/** Keeps rules and lets them have their way with answers, each kind as `spoils` says. */
export function createFaults<Rule extends AnyRule, Call extends FaultedCall>(spoils: Spoils<Call>): Faults<Rule, Call> {
  let rules: { readonly rule: Rule; seen: number }[] = [];
  let spoiled = 0;

  function applies(entry: { readonly rule: Rule; seen: number }, call: Call): boolean {
    const { match = {}, after = 0, times = 1 } = entry.rule;
    if (match.operation && match.operation !== call.operation) return false;
    if (match.page !== undefined && match.page !== call.page) return false;
    if (match.key !== undefined && match.key !== call.key) return false;
    entry.seen += 1;
    return entry.seen > after && (times === 'always' || entry.seen <= after + times);
  }

  return {
    add(rule) {
      const kind = rule?.fault?.kind;
      if (!Object.hasOwn(spoils, kind ?? ''))
        throw new Error(`"fault.kind" must be one of ${Object.keys(spoils).join(', ')}`);
      rules.push({ rule, seen: 0 });
    },
    clear() {
      rules = [];
      spoiled = 0;
    },
    spoil(reply, call) {
      const entry = rules.find((candidate) => applies(candidate, call));
      if (!entry) return reply;
      spoiled += 1;
      const { fault } = entry.rule;
      return spoils[fault.kind]?.(reply, fault as never, call) ?? reply;
    },
    spoiled: () => spoiled,
  };
}
