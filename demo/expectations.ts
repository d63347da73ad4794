/** What the demo says when the story does not go as told. */
export class Unexpected extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unexpected';
  }
}

export function expectStatus(call: string, status: number, wanted: number, body: string): void {
  if (status !== wanted) throw new Unexpected(`${call} answered ${status} instead of ${wanted}: ${body.slice(0, 500)}`);
}

export function expect(what: string, holds: boolean, seen: unknown): void {
  if (!holds) throw new Unexpected(`${what} does not hold; seen: ${JSON.stringify(seen)?.slice(0, 500)}`);
}

const PATIENCE_MS = 60_000;
const BETWEEN_LOOKS_MS = 25;

/** Looks again and again until a state is reached; gives up after a minute with the last one seen. */
export async function until<T>(what: string, look: () => Promise<T>, reached: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (reached(seen)) return seen;
    if (Date.now() > deadline) throw new Unexpected(`waited a minute for ${what}; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
}
