import { z } from 'zod';

/**
 * Reads a job's payload: exactly the named ids, as text. Throws on anything else, so that a payload lost or cut short fails its
 * job instead of passing for done.
 */
export function parseIds<Name extends string>(payload: unknown, names: readonly Name[]): { [name in Name]: string } {
  const shape = Object.fromEntries(names.map((name) => [name, z.string().min(1)]));
  return z.strictObject(shape).parse(payload) as { [name in Name]: string };
}
