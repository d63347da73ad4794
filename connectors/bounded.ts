/** What a look-up may take while somebody waits. */
export const LOOK_UP_MS = 5_000;

/** The answer of `work`, or what `late` makes once the time is over; `work` goes on by itself and is not listened to any more. */
export async function within<T>(ms: number, work: () => Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work(), alarm]);
  } finally {
    clearTimeout(timer);
  }
}
