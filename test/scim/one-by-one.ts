import type { Body, ScimClient } from './client.ts';
import { patchOp } from './client.ts';

/** An operation of a bulk; references stand in `path` and anywhere in `data` as `bulkId:<name>`. */
export interface BulkOperation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly bulkId?: string;
  readonly data?: Body;
}

const REFERENCE = /bulkId:([\w-]+)/g;

/**
 * What a client does that knows no bulk: sends the operations as requests of their own and puts in the ids it was given, after
 * creating first what an operation refers to. What refers to each other in a circle is created without the `members` that cannot be
 * there yet, and completed by a PATCH. Returns the statuses in the order of the operations.
 */
export async function sendOneByOne(scim: ScimClient, operations: readonly BulkOperation[]): Promise<readonly number[]> {
  const creators = new Map(operations.flatMap(({ method, bulkId }, at) => (method === 'POST' ? [[bulkId, at]] : [])));
  const ids = new Map<string, string>();
  const statuses = new Map<number, number>();
  const begun = new Set<number>();
  const owed: { readonly at: number; readonly names: readonly string[] }[] = [];

  const fill = (text: string) => text.replace(REFERENCE, (reference, name: string) => ids.get(name) ?? reference);
  const missing = (text: string) =>
    [...text.matchAll(REFERENCE)].map((found) => found[1] ?? '').filter((name) => !ids.has(name));

  async function perform(at: number): Promise<void> {
    if (begun.has(at)) return;
    begun.add(at);
    const { method, path, bulkId = '', data } = operations[at] as BulkOperation;
    const later: string[] = [];
    const named = missing(JSON.stringify([data ?? null, path])).flatMap((name) => creators.get(name) ?? []);
    for (const creator of named.sort((left, right) => left - right)) {
      const name = operations[creator]?.bulkId ?? '';
      if (begun.has(creator) && !statuses.has(creator)) later.push(name);
      else await perform(creator);
    }
    const left = missing(JSON.stringify([data ?? null, path])).filter((name) => !later.includes(name));
    if (left.length > 0) {
      statuses.set(at, left.some((name) => !creators.has(name)) ? 409 : 412);
      return settle();
    }
    const text = JSON.stringify(data && without(data, later));
    const answer = await scim.send({
      method,
      path: fill(path),
      ...(text === undefined ? {} : { text: fill(text), headers: { 'content-type': 'application/scim+json' } }),
    });
    statuses.set(at, answer.status);
    if (method === 'POST' && answer.status === 201) ids.set(bulkId, answer.body.id);
    if (later.length > 0 && answer.status === 201) owed.push({ at, names: later });
    await settle();
  }

  /** Completes what waits for nothing any more. */
  async function settle(): Promise<void> {
    for (const debt of [...owed]) {
      if (!debt.names.every((name) => statuses.has(creators.get(name) ?? -1))) continue;
      owed.splice(owed.indexOf(debt), 1);
      const { path, bulkId = '', data } = operations[debt.at] as BulkOperation;
      const done = debt.names.every((name) => ids.has(name));
      if (!done) statuses.set(debt.at, 412);
      else
        await scim.patch(
          `${path}/${ids.get(bulkId)}`,
          patchOp([{ op: 'add', value: JSON.parse(fill(JSON.stringify(only(data, debt.names)))) }]).Operations,
        );
    }
  }

  for (const at of operations.keys()) await perform(at);
  return operations.map((_, at) => statuses.get(at) ?? 0);
}

const names = (value: unknown, among: readonly string[]) =>
  among.some((name) => JSON.stringify(value ?? null).includes(`"bulkId:${name}"`));

/** The attributes of the data, each as a whole, without those values that name one of these. */
function without(data: Body, among: readonly string[]): Body {
  const kept = Object.entries(data).flatMap(([key, value]) => {
    if (Array.isArray(value)) return [[key, value.filter((element) => !names(element, among))]];
    return names(value, among) ? [] : [[key, value]];
  });
  return Object.fromEntries(kept);
}

function only(data: Body, among: readonly string[]): Body {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => names(value, among)));
}
