import { parseArgs } from 'node:util';
import { type GraphSimulator, startGraphSimulator } from './start-graph-simulator.ts';

/** Starts the simulated Microsoft 365 tenant and says, in plain words, how to connect to it and how to steer it. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    people: { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  say('Options: --port 8086  --people 1500  --seed 1');
} else {
  const [port, people, seed] = [values.port, values.people, values.seed].map(wholeNumber);
  const simulator = await startGraphSimulator({ seed: seed ?? 1, people: people ?? 1_500, port: port ?? 0 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
  say(guide(simulator));
}

function guide({ origin, application }: GraphSimulator): string {
  const { tenantId, clientId, clientSecret } = application;
  const order = (path: string, body?: string) => `  curl ${body ? `-d '${body}' ` : ''}${origin}/__sim/${path}`;
  return `A simulated Microsoft 365 tenant with ${values.people} people is running at ${origin}

To connect Rollcall to it
  MICROSOFT_LOGIN_URL and MICROSOFT_GRAPH_URL:  ${origin}
  tenant id:       ${tenantId}
  application id:  ${clientId}
  client secret:   ${clientSecret}

To change what it shows
${order('mutate', '{"do":"disable","who":5}')}
${order('mutate', '{"do":"delete","who":{"from":10,"to":400}}')}
${order('mutate', '{"do":"rename","who":7,"givenName":"Ada","surname":"Byron"}')}
${order('mutate', '{"do":"add","count":3}')}

To make it fail
${order('faults', '{"match":{"operation":"users.delta"},"times":2,"fault":{"kind":"error","status":503}}')}
${order('faults', '{"match":{"operation":"users.delta"},"fault":{"kind":"lost-sync-state","as":"syncStateNotFound"}}')}
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
