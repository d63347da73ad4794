import { randomBytes } from 'node:crypto';
import { type Request, readArguments, USAGE, UsageError } from './arguments.ts';
import { startDemoInstallation } from './demo-installation.ts';
import { play } from './play.ts';
import type { Player } from './player.ts';

const FAILED = 1;
const MISUSED = 2;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Plays who is asked for, one after the other, and ends at the first that fails, with exit code 1; 2 = wrong command line. */
async function main(): Promise<void> {
  const request = readArguments(process.argv.slice(2), process.env.ROLLCALL_SCIM_TOKEN);
  if (!request) return say(USAGE);
  if (request.place) return playAll(request, request.place);
  const installation = await startDemoInstallation();
  say(`A Rollcall was started for this at ${installation.base}`);
  try {
    await playAll(request, installation);
  } finally {
    await installation.stop();
  }
}

async function playAll(
  { players, domain }: Request,
  { base, token }: { readonly base: string; readonly token: string },
): Promise<void> {
  for (const player of players) {
    say(`\n${player.provider} (${player.name})`);
    const run = randomBytes(4).toString('hex');
    await play(player, { base, token, run, domain }, ({ name }) => say(`  ✓ ${name}`));
  }
  say(`\n${told(players)} would have shown no error.`);
}

function told(players: readonly Player[]): string {
  const [only, ...others] = players;
  return others.length === 0 ? (only?.provider ?? '') : `All ${players.length} providers`;
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const isMisuse = error instanceof UsageError;
  process.stderr.write(isMisuse ? `${message}\n\n${USAGE}\n` : `  ✗ ${message}\n`);
  process.exitCode = isMisuse ? MISUSED : FAILED;
});
