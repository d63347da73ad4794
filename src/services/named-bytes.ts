import { createHash } from 'node:crypto';

/** Bytes as they come, once, and a name of all that were read of them. */
export interface NamedBytes {
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** Hex SHA-256. */
  name(): string;
}

export function named(source: AsyncIterable<Uint8Array>): NamedBytes {
  const digest = createHash('sha256');
  async function* pass() {
    for await (const chunk of source) {
      digest.update(chunk);
      yield chunk;
    }
  }
  // Asked for a second time, a digest would refuse.
  return { bytes: pass(), name: () => digest.copy().digest('hex') };
}
