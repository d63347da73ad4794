/** Where a command talks to whoever called it, line by line. */
export interface Output {
  say(line: string): void;
  complain(line: string): void;
}

/** One option of a command; all take a value. */
export interface CommandOption {
  /** What stands for the value in the help. */
  readonly value: string;
  readonly sentence: string;
}

export interface Command {
  readonly summary: string;
  readonly options: { readonly [name: string]: CommandOption };
  /** Resolves when the work is done; whatever is thrown is shown as one sentence. */
  run(values: ReadonlyMap<string, string>, output: Output): Promise<void>;
}

/** The command line is not usable: shown as it is, exit code 2. Never holds the value of an option. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
