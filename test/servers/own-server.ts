/** A server for the whole test run. Nobody kills, freezes or empties it. */
export interface TestServer {
  readonly url: string;
}

/** There is no server, and this is why and what to do. */
export interface MissingServer {
  readonly missing: string;
}

/** A server of one suite, to be maltreated. It ends with this process at the latest. */
export interface OwnServer extends TestServer {
  readonly port: number;
  /** Where its data and logs are. */
  readonly folder: string;
  /** Its processes of this moment. */
  pids(): readonly number[];
  /** kill -9. What it acknowledged and had written to disk is there after a restart. */
  kill(): Promise<void>;
  /** Starts what was killed, on the same port and with the same data; resolves once it answers. */
  restart(): Promise<void>;
  /** Connections stay and are accepted, but nothing is answered any more. */
  freeze(): void;
  thaw(): void;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

export function isMissing(server: TestServer | MissingServer): server is MissingServer {
  return 'missing' in server;
}
