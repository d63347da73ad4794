import type { Call, FaultRule } from './fault-rule.ts';
import type { Reply } from './reply.ts';
import { SPOILS, type Spoil } from './spoils.ts';

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The answer as the first rule that applies leaves it; the same answer when none does. */
  spoil(reply: Reply, call: Call): Reply;
  /** Answers spoiled so far. */
  spoiled(): number;
}

export function createFaults(): Faults {
  let rules: { readonly rule: FaultRule; seen: number }[] = [];
  let spoiled = 0;

  function applies(entry: { readonly rule: FaultRule; seen: number }, call: Call): boolean {
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
      if (!Object.hasOwn(SPOILS, kind ?? ''))
        throw new Error(`"fault.kind" must be one of ${Object.keys(SPOILS).join(', ')}`);
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
      return (SPOILS[fault.kind] as Spoil<string>)(reply, fault as never, call);
    },
    spoiled: () => spoiled,
  };
}
