import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Asker, ScimAnswer } from '../http/exchange.ts';
import type { BulkOutcome } from '../messages/bulk-response.ts';
import { quote, ScimError } from '../messages/scim-error.ts';
import type { BulkOperation, BulkRequest } from './parse-bulk.ts';
import { planBulk, type Step } from './plan-bulk.ts';
import { type BulkDependencies, createSender, type Sent } from './send-operation.ts';
import { wavesOf } from './waves.ts';

/** Operations after which others get their turn. */
const TURN = 16;

/**
 * Performs the operations of a bulk, each as the request it could have been: one after the other, but for creations that have nothing
 * to do with each other. The outcomes are in the order in which the operations were sent, without those that were never begun because
 * `failOnErrors` had failed.
 *
 * A reference to a bulkId that no POST has is 409, one to a POST that failed 412 (RFC 7644 §3.7.1).
 */
export async function performBulk(
  deps: BulkDependencies,
  asker: Asker,
  { operations, failOnErrors }: BulkRequest,
): Promise<readonly BulkOutcome[]> {
  const outcomes = new Map<number, BulkOutcome>();
  const ids = new Map<string, string>();
  const promised = new Set(operations.flatMap(({ method, bulkId }) => (method === 'POST' && bulkId) || []));
  const sender = createSender(deps, asker, ids);
  let failures = 0;

  const note = (at: number, outcome: BulkOutcome) => {
    outcomes.set(at, outcome);
    if (outcome.response) failures += 1;
  };

  const perform = async (at: number, operation: BulkOperation, later: ReadonlySet<string>) => {
    const sent = await sender.send(operation, later, () => checkReferences(operation, ids, promised, later));
    if (operation.method === 'POST' && sent.id !== undefined && operation.bulkId) ids.set(operation.bulkId, sent.id);
    note(at, outcomeOf(operation, sent));
  };

  const complete = async (at: number, operation: BulkOperation, later: ReadonlySet<string>) => {
    const outcome = outcomes.get(at);
    if (!outcome || outcome.response) return;
    const answer = await sender.complete(operation, later, () => checkReferences(operation, ids, promised));
    const { status, version, response } = shown(answer);
    note(at, response ? { ...outcome, status, response } : { ...outcome, version: version ?? outcome.version });
  };

  const take = async ({ kind, at, later }: Step) => {
    const operation = operations[at];
    if (!operation || (kind === 'perform' && failures >= failOnErrors)) return;
    await (kind === 'perform' ? perform(at, operation, later) : complete(at, operation, later));
  };

  let taken = 0;
  const plan = planBulk(operations);
  for (const wave of failOnErrors === Number.POSITIVE_INFINITY
    ? wavesOf(plan, operations)
    : plan.map((step) => [step])) {
    await Promise.all(wave.map(take));
    taken += wave.length;
    if (taken % TURN < wave.length) await nextTurn();
  }
  return [...outcomes].sort(([left], [right]) => left - right).map(([, outcome]) => outcome);
}

/** Throws when something the operation refers to is not there; what is to come later does not matter yet. */
function checkReferences(
  { references }: BulkOperation,
  ids: ReadonlyMap<string, string>,
  promised: ReadonlySet<string>,
  later: ReadonlySet<string> = new Set(),
): void {
  const absent = [...references].filter((bulkId) => !ids.has(bulkId) && !later.has(bulkId));
  const unknown = absent.find((bulkId) => !promised.has(bulkId));
  if (unknown !== undefined) throw new ScimError(409, `no POST of this bulk has the bulkId ${quote(unknown)}`);
  const [failed] = absent;
  if (failed !== undefined) throw new ScimError(412, `the resource with the bulkId ${quote(failed)} was not created`);
}

function outcomeOf({ method, bulkId }: BulkOperation, { answer, location }: Sent): BulkOutcome {
  return { method, bulkId, location, ...shown(answer) };
}

function shown({ status, headers, body }: ScimAnswer) {
  return { status, version: headers?.ETag, response: status >= 400 ? body : undefined };
}
