import { parseArgs } from 'node:util';
import { type Command, type Output, UsageError } from './command.ts';
import { helpOf, overview } from './help.ts';
import { migrateStoreCommand } from './migrate-store.ts';
import { withoutCredentials } from './without-credentials.ts';

/** Every subcommand of `rollcall`. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([['migrate-store', migrateStoreCommand]]);

/**
 * Runs what the command line asks for. Resolves to the exit code: 0 done, 1 refused or failed, 2 the command line is not usable;
 * the last two with one sentence that holds no credentials.
 */
export async function runCommand(words: readonly string[], output: Output): Promise<number> {
  try {
    await dispatch(words, output);
    return 0;
  } catch (error) {
    output.complain(withoutCredentials(error instanceof Error ? error.message : String(error)));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch([name, ...words]: readonly string[], output: Output): Promise<void> {
  if (name === undefined) throw new UsageError(overview(COMMANDS));
  if (name === '--help' || name === 'help') return output.say(overview(COMMANDS));
  const command = COMMANDS.get(name);
  if (!command) throw new UsageError(`there is no such command; known: ${[...COMMANDS.keys()].join(', ')}`);
  const values = readOptions(name, command, words);
  if (values === 'help') return output.say(helpOf(name, command));
  await command.run(values, output);
}

/** The complaints of parseArgs in our words: its own may repeat what was given, a URL with a password included. */
const COMPLAINTS: ReadonlyMap<unknown, (message: string) => string> = new Map([
  ['ERR_PARSE_ARGS_UNKNOWN_OPTION', (message: string) => `does not know the option ${optionIn(message)}`],
  ['ERR_PARSE_ARGS_INVALID_OPTION_VALUE', (message: string) => `cannot read the value of ${optionIn(message)}`],
  ['ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', () => 'takes options only'],
]);

const optionIn = (message: string): string => /'(--?[a-z-]{1,30})[ ='<]/.exec(message)?.[1] ?? 'given';

function readOptions(
  name: string,
  { options }: Command,
  words: readonly string[],
): ReadonlyMap<string, string> | 'help' {
  const known = Object.fromEntries(Object.keys(options).map((option) => [option, { type: 'string' } as const]));
  try {
    const { values } = parseArgs({ args: [...words], options: { ...known, help: { type: 'boolean' } } });
    const { help, ...given } = values;
    return help ? 'help' : new Map(Object.entries(given as { readonly [option: string]: string }));
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown };
    const complaint = COMPLAINTS.get(code)?.(message);
    if (!complaint) throw error;
    throw new UsageError(`${name} ${complaint}; see rollcall ${name} --help`);
  }
}
