import { runCommand } from './run-command.ts';

/** The `rollcall` command. The only place of it that touches the process. */
async function main(): Promise<void> {
  // What a command writes holds people and credentials: nobody else on the machine may read it.
  process.umask(0o077);
  process.exitCode = await runCommand(process.argv.slice(2), {
    say: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}

await main();
