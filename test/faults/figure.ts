/** Puts a measured figure beside its requirement into the output of the tests. */
export function figure(requirement: string, sentence: string): void {
  process.stdout.write(`\n${requirement}: ${sentence}\n`);
}

/** Milliseconds since then, as a person reads them. */
export const secondsSince = (begin: number): string => `${((performance.now() - begin) / 1_000).toFixed(1)} s`;
