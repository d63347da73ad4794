import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type GoogleSimulator, startGoogleSimulator } from './start-google-simulator.ts';

/** Starts the simulated Google Workspace and says, in plain words, how to connect to it and how to steer it. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    people: { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' },
    'key-file': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  say('Options: --port 8085  --people 1500  --seed 1  --key-file ./service-account.json');
} else {
  await start();
}

async function start(): Promise<void> {
  const [port, people, seed] = [values.port, values.people, values.seed].map(wholeNumber);
  const simulator = await startGoogleSimulator({ seed: seed ?? 1, people: people ?? 1_500, port: port ?? 0 });
  const keyFile =
    values['key-file'] ?? join(mkdtempSync(join(tmpdir(), 'rollcall-simulator-')), 'service-account.json');
  writeFileSync(keyFile, `${JSON.stringify(simulator.serviceAccount, null, 2)}\n`, { mode: 0o600 });

  async function stop(): Promise<void> {
    await simulator.close();
    if (values['key-file'] === undefined) rmSync(dirname(keyFile), { recursive: true });
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  say(guide(simulator, keyFile));
}

function guide({ origin, subject }: GoogleSimulator, keyFile: string): string {
  const order = (path: string, body?: string) => `  curl ${body ? `-d '${body}' ` : ''}${origin}/__sim/${path}`;
  return `A simulated Google Workspace with ${values.people} people is running at ${origin}

To connect Rollcall to it
  base URL of Google:       ${origin}
  service account key:      ${keyFile}
  administrator to act as:  ${subject}

To change what it shows
${order('mutate', '{"do":"suspend","who":5}')}
${order('mutate', '{"do":"delete","who":{"from":10,"to":400}}')}
${order('mutate', '{"do":"rename","who":7,"givenName":"Ada","familyName":"Byron"}')}
${order('mutate', '{"do":"add","count":3}')}

To make it fail
${order('faults', '{"match":{"operation":"users.list"},"times":2,"fault":{"kind":"error","status":503}}')}
${order('faults', '{"match":{"page":2},"fault":{"kind":"truncated-json"}}')}
${order('throttle', '{"perMinute":60,"burst":5,"retryAfterSeconds":10}')}
${order('clock', '{"advanceMs":3600000}')}

To look at it
${order('people/5')}
${order('stats')}
${order('requests')}

To have everything back as at the start
${order('reset', '{}')}

Stop it with Ctrl-C.`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`"${text}" is not a whole number`);
}

function say(text: string): void {
  // biome-ignore lint/suspicious/noConsole: this is a command-line program; what it prints is its purpose.
  console.log(text);
}
