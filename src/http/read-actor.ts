import { AppError } from '../core/errors.ts';
import type { Actor } from '../core/user.ts';

/** Names who acts through the caller: a user's id, the application's own id of them, their address, or words. */
export const ACTOR_HEADER = 'Rollcall-Actor';

const MOST_LETTERS = 200;
const UNSEEN = /\p{Cc}/u;

/**
 * The caller, with whom the header says they act for. Letters beyond ASCII are read as UTF-8, else as Latin 1. Throws `invalid` for
 * an empty one, one of more than 200 letters, and control characters.
 */
export function readActor(caller: Actor, header: string | readonly string[] | undefined): Actor {
  if (header === undefined) return caller;
  const onBehalfOf = decoded([header].flat().join(', ')).trim();
  if (onBehalfOf === '' || [...onBehalfOf].length > MOST_LETTERS || UNSEEN.test(onBehalfOf))
    throw new AppError('invalid', `${ACTOR_HEADER} must name who acts in 1 to ${MOST_LETTERS} letters`, {
      attribute: ACTOR_HEADER,
    });
  return { ...caller, onBehalfOf };
}

/** Node reads the bytes of a header as Latin 1. */
function decoded(latin: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin, 'latin1'));
  } catch {
    return latin;
  }
}
