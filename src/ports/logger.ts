/** Facts beside a log message: plain values by name. Secrets in them are struck out whatever their depth. */
export interface LogFacts {
  readonly [name: string]: unknown;
}

/**
 * Where the process tells its operators what happened.
 *
 * `message` is a fixed sentence, facts go beside it; an error goes in as `{ error }`. Never throws, never logs the value of a
 * secret or of a URL's query.
 */
export interface Logger {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}
