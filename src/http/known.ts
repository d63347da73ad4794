/** The same facts, with those that may be unknown (null) made optional. */
export type Known<T> = { readonly [Name in keyof T as null extends T[Name] ? never : Name]: T[Name] } & {
  readonly [Name in keyof T as null extends T[Name] ? Name : never]?: Exclude<T[Name], null>;
};

/** Leaves out what is null: in an answer, absent means unknown. */
export function known<T extends object>(facts: T): Known<T> {
  const left: { [name: string]: unknown } = {};
  for (const name in facts) if (facts[name] !== null) left[name] = facts[name];
  return left as Known<T>;
}
