import { parseServiceAccount } from '../connectors/google/service-account.ts';
import type { DirectoryName } from '../src/core/user.ts';
import type { Dependencies } from '../src/services/dependencies.ts';
import { putGoogleIntegration, putMicrosoftIntegration } from '../src/services/integrations.ts';
import { startGoogleSimulator } from '../test/simulators/google/start-google-simulator.ts';
import { type SimulatedApplication, startGraphSimulator } from '../test/simulators/graph/start-graph-simulator.ts';

/** A simulated directory that listens, and what connects an organization to it. */
export type Simulated =
  | {
      readonly source: 'google';
      readonly origin: string;
      readonly serviceAccount: unknown;
      readonly subject: string;
    }
  | { readonly source: 'microsoft'; readonly origin: string; readonly application: SimulatedApplication };

interface Running {
  readonly simulated: Simulated;
  /** Gives people another name: each of `every`. */
  rename(people: number, every: number, name: string): void;
  close(): Promise<void>;
}

const STARTS: { readonly [source in DirectoryName]: (people: number) => Promise<Running> } = {
  async google(people) {
    const { origin, serviceAccount, subject, control, close } = await startGoogleSimulator({ seed: 7, people });
    return {
      simulated: { source: 'google', origin, serviceAccount, subject },
      rename: (to, every, name) =>
        control.mutate({ do: 'rename', who: { from: 0, to, every }, givenName: name, familyName: 'Changed' }),
      close,
    };
  },
  async microsoft(people) {
    const { origin, application, control, close } = await startGraphSimulator({ seed: 7, people });
    return {
      simulated: { source: 'microsoft', origin, application },
      rename: (to, every, name) =>
        control.mutate({ do: 'rename', who: { from: 0, to, every }, givenName: name, surname: 'Changed' }),
      close,
    };
  },
};

export type DirectoryCommands = ReturnType<typeof directoryCommands>;

/** A simulated directory of any size, in a process of its own. */
export function directoryCommands() {
  let running: Running | null = null;
  return {
    async start({ source, people }: { readonly source: DirectoryName; readonly people: number }): Promise<Simulated> {
      running = await STARTS[source](people);
      return running.simulated;
    },
    rename({ people, every, name }: { readonly people: number; readonly every: number; readonly name: string }) {
      running?.rename(people, every, name);
      return null;
    },
    stop: () => running?.close(),
  };
}

/** The settings by which Rollcall finds a simulated directory. */
export function environmentOf({ source, origin }: Simulated): { readonly [name: string]: string } {
  return source === 'google'
    ? { GOOGLE_BASE_URL: origin }
    : { MICROSOFT_LOGIN_URL: origin, MICROSOFT_GRAPH_URL: origin };
}

/** Connects an organization to a simulated directory. */
export async function connectTo(deps: Dependencies, organizationId: string, simulated: Simulated): Promise<void> {
  if (simulated.source === 'google') {
    const credentials = { ...parseServiceAccount(simulated.serviceAccount), subject: simulated.subject };
    await putGoogleIntegration(deps, organizationId, credentials);
    return;
  }
  const { tenantId, clientId, clientSecret } = simulated.application;
  const people = { includeGuests: false, onlyLicensed: false, useInitialDomain: false };
  await putMicrosoftIntegration(deps, organizationId, { tenantId, clientId, clientSecret, certificate: null }, people);
}
