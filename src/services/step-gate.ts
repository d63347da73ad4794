/** The place a step of a run has while it goes on. */
export interface StepPlace {
  /**
   * Waits for somebody else's answer. When none comes for a while the place is given to others, and taken again before the step goes on.
   */
  during<T>(answer: () => Promise<T>): Promise<T>;
}

export interface StepTerms {
  /** While no other is being done. */
  readonly alone: boolean;
  /** Told whenever the step has given up its place to wait. */
  readonly onAside?: () => void;
}

/** Lets steps of runs go on beside each other, and a suspected one only by itself. */
export interface StepGate {
  /** Does the work when its turn has come. */
  pass<T>(terms: StepTerms, work: (place: StepPlace) => Promise<T>): Promise<T>;
}

export interface StepGateOptions {
  /** How long a step may wait for an answer before it steps aside. */
  readonly patienceMs?: number;
}

interface Waiting {
  readonly alone: boolean;
  readonly enter: () => void;
}

/** Who is at work, and who waits for it. */
interface Room {
  /** Whoever was inside before comes first. */
  enter(alone: boolean, again?: boolean): Promise<void>;
  leave(): void;
}

/**
 * One gate for all steps of a process.
 *
 * A run that was in hand when its worker died is suspected of it. Worked on alone, it can bring down nobody but itself, and a run that
 * merely was there at the time clears itself by getting on. A step whose directory does not answer keeps nobody waiting, suspected
 * or not: it steps aside until the answer is there.
 */
export function createStepGate({ patienceMs = 2_000 }: StepGateOptions = {}): StepGate {
  const room = createRoom();
  return {
    async pass({ alone, onAside }, work) {
      await room.enter(alone);
      const place = placeIn(room, alone, patienceMs, onAside);
      try {
        return await work(place);
      } finally {
        place.end();
      }
    },
  };
}

function createRoom(): Room {
  const waiting: Waiting[] = [];
  let inside = 0;
  let isClosed = false;

  function admit(): void {
    for (let next = waiting[0]; next && !isClosed && !(next.alone && inside > 0); next = waiting[0]) {
      waiting.shift();
      inside += 1;
      isClosed = next.alone;
      next.enter();
    }
  }

  return {
    enter: (alone, again = false) =>
      new Promise((enter) => {
        if (again) waiting.unshift({ alone, enter });
        else waiting.push({ alone, enter });
        admit();
      }),
    leave() {
      inside -= 1;
      // Whoever is alone is the only one to leave.
      isClosed = false;
      admit();
    },
  };
}

function placeIn(room: Room, alone: boolean, patienceMs: number, onAside = () => {}): StepPlace & { end(): void } {
  let unanswered = 0;
  let timer: NodeJS.Timeout | undefined;
  let outside = false;
  let ended = false;
  let returning: Promise<void> | null = null;

  function watch(): void {
    clearTimeout(timer);
    if (unanswered > 0 && !ended && !outside) timer = setTimeout(stepAside, patienceMs);
  }

  function stepAside(): void {
    outside = true;
    room.leave();
    onAside();
  }

  function comeBack(): Promise<void> {
    returning ??= room.enter(alone, true).then(() => {
      outside = false;
      returning = null;
      if (ended) room.leave();
    });
    return returning;
  }

  return {
    async during(answer) {
      unanswered += 1;
      watch();
      try {
        return await answer();
      } finally {
        unanswered -= 1;
        if (outside && !ended) await comeBack();
        watch();
      }
    },
    end() {
      ended = true;
      clearTimeout(timer);
      if (!outside) room.leave();
    },
  };
}
