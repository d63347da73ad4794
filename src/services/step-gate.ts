/** Lets steps of runs go on beside each other, and a suspected one only by itself. */
export interface StepGate {
  /** Does the work when its turn has come; alone: while no other is being done. */
  pass<T>(alone: boolean, work: () => Promise<T>): Promise<T>;
}

/**
 * One gate for all steps of a process.
 *
 * A run that was in hand when its worker died is suspected of it. Worked on alone, it can bring down nobody but itself, and a run that
 * merely was there at the time clears itself by getting on.
 */
export function createStepGate(): StepGate {
  /** Resolves when the last one who wanted to be alone is through. */
  let suspected: Promise<unknown> = Promise.resolve();
  const inHand = new Set<Promise<unknown>>();

  async function beside<T>(work: () => Promise<T>): Promise<T> {
    for (let known: unknown = null; known !== suspected; ) {
      known = suspected;
      await suspected;
    }
    const step = work();
    const ended: Promise<void> = step.then(
      () => forget(),
      () => forget(),
    );
    const forget = () => void inHand.delete(ended);
    inHand.add(ended);
    return step;
  }

  function alone<T>(work: () => Promise<T>): Promise<T> {
    const before = suspected;
    const step = before.then(() => Promise.all(inHand)).then(work);
    suspected = step.catch(() => undefined);
    return step;
  }

  return { pass: (isAlone, work) => (isAlone ? alone(work) : beside(work)) };
}
