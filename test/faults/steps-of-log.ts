/** Steps that a process has begun, by its log, and those of them that it has ended. */
export function stepsOf(log: readonly string[]): { readonly begun: number; readonly over: number } {
  const said = (member: string) => log.filter((line) => line.includes(`"${member}"`)).length;
  return { begun: said('stepBegins'), over: said('stepOver') };
}

/** Whether a process has ended every step it began; once its work is done, it comes to no fail point of it any more. */
export function isThrough(log: readonly string[]): boolean {
  const { begun, over } = stepsOf(log);
  return begun > 0 && begun === over;
}
