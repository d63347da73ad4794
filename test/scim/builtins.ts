const BUILT_IN: readonly object[] = [
  Object,
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Map.prototype,
  Promise.prototype,
];

/** Remembers the built-in objects; the function given tells which of their properties are not what they were. */
export function watchBuiltIns(): () => readonly string[] {
  const before = BUILT_IN.map((object) => Object.getOwnPropertyDescriptors(object) as PropertyDescriptorMap);
  return () =>
    BUILT_IN.flatMap((object, index) => {
      const known = before[index] ?? {};
      const now = Object.getOwnPropertyDescriptors(object) as PropertyDescriptorMap;
      const keys = new Set([...Reflect.ownKeys(known), ...Reflect.ownKeys(now)]);
      return [...keys]
        .filter((key) => !isSame(known[key as string], now[key as string]))
        .map((key) => `${index}.${String(key)}`);
    });
}

function isSame(left: PropertyDescriptor | undefined, right: PropertyDescriptor | undefined): boolean {
  return left?.value === right?.value && left?.get === right?.get && left?.set === right?.set;
}
