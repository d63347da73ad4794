import type { Command } from './command.ts';

/** What `rollcall --help` says. */
export function overview(commands: ReadonlyMap<string, Command>): string {
  const rows = [...commands].map(([name, { summary }]) => `  ${name}  ${summary}`);
  return [
    'Usage: npm run rollcall -- <command> [options]',
    '',
    ...rows,
    '',
    'Options of a command: <command> --help',
  ].join('\n');
}

/** What `rollcall <command> --help` says. */
export function helpOf(name: string, { summary, options }: Command): string {
  const rows = Object.entries(options).map(([option, { value, sentence }]) => `  --${option} <${value}>  ${sentence}`);
  return [`${name}: ${summary}`, '', `Usage: npm run rollcall -- ${name} [options]`, '', ...rows].join('\n');
}
