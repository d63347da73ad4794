import type { Logger } from '../../src/ports/logger.ts';
import { errorAnswer } from './answer.ts';
import type { ScimAnswer } from './exchange.ts';
import { CRASHED, toScimError } from './to-scim-error.ts';

/** Makes the answer to what was thrown; `asked` is for the log. */
export type Refuse = (error: unknown, asked: { readonly method: string; readonly path: string }) => ScimAnswer;

const LONGEST_LOGGED_PATH = 500;

/** Every refusal goes through here: one formatter, and a note of what nobody expected. */
export function createRefuse(logger: Pick<Logger, 'error'>): Refuse {
  return (error, { method, path }) => {
    const known = toScimError(error);
    if (!known) logger.error({ error, method, path: path.slice(0, LONGEST_LOGGED_PATH) }, 'a SCIM request crashed');
    return errorAnswer(known ?? CRASHED);
  };
}
