/**
 * People of a page who are found written by somebody who died over it, slice by slice. Whoever was written with a slice is looked at
 * again before the next one is begun: so only those of the last slice that was begun may not have been.
 */
export interface Unfinished<Person> {
  /** Somebody of a slice is found written; null: they, at least, need no other look. */
  found(slice: number, person: Person | null): void;
  /** Looks again at those of the last slice; before anything else is written, and at the end of the page. */
  finish(): Promise<void>;
}

export function createUnfinished<Person>(
  lookAgain: (people: readonly Person[]) => Promise<unknown>,
): Unfinished<Person> {
  let last = -1;
  let people: Person[] = [];
  return {
    found(slice, person) {
      if (slice > last) people = [];
      last = Math.max(last, slice);
      if (person !== null && slice === last) people.push(person);
    },
    async finish() {
      const unfinished = people;
      people = [];
      if (unfinished.length > 0) await lookAgain(unfinished);
    },
  };
}
