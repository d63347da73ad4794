import { z } from 'zod';

/**
 * Makes the reader of a job's payload: exactly the named ids, as text. It throws on anything else, so that a payload lost or cut
 * short fails its job instead of passing for done.
 */
export function idParser<Name extends string>(
  names: readonly Name[],
): (payload: unknown) => { [name in Name]: string } {
  const shape = Object.fromEntries(names.map((name) => [name, z.string().min(1)]));
  const schema = z.strictObject(shape);
  return (payload) => schema.parse(payload) as { [name in Name]: string };
}
