import { Agent, request } from 'node:http';
import { type Operation, REQUESTS, type Target, type TargetName } from './requests.ts';

/** A batch of requests of one kind. */
export interface Load {
  /** Each request is for the next of these. */
  readonly targets: readonly Target[];
  readonly name: TargetName;
  readonly operation: Operation;
  /** Number of the first request: the same number is always the same request. */
  readonly first: number;
  readonly count: number;
}

/** Requests that wait for an answer at a time, each on a connection of its own that stays open. */
const IN_FLIGHT = 16;
const TIMEOUT_MS = 30_000;

export type ClientCommands = ReturnType<typeof clientCommands>;

/** Sends loads, each over keep-alive connections of its own; an answer with another status than expected ends the measurement. */
export function clientCommands() {
  return {
    async send(load: Load): Promise<{ readonly ms: number; readonly bytes: number }> {
      const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
      let next = load.first;
      let bytes = 0;
      const work = async () => {
        while (next < load.first + load.count) {
          const more = await exchange(agent, load, next++);
          bytes += more;
        }
      };
      const started = performance.now();
      await Promise.all(Array.from({ length: IN_FLIGHT }, work));
      const ms = performance.now() - started;
      agent.destroy();
      return { ms, bytes };
    },
  };
}

/** One request; resolves with the bytes of the answer, and refuses one of another status than expected. */
export function exchange(agent: Agent, { targets, name, operation }: Load, number: number): Promise<number> {
  const target = targets[number % targets.length];
  const make = REQUESTS[operation][name];
  if (!target || !make) throw new Error(`nobody asks ${name} for ${operation}`);
  const { method, path, body, status, bearer, never } = make(target, number);
  const content = body === undefined ? {} : { 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      host: '127.0.0.1',
      port: target.port,
      method,
      path,
      headers: { authorization: `Bearer ${bearer}`, accept: MEDIA_TYPE, ...content },
      timeout: TIMEOUT_MS,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} took too long`)));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let bytes = 0;
      let start = '';
      let all = '';
      response.on('data', (chunk: Buffer) => {
        if (bytes === 0) start = chunk.toString('utf8', 0, 300);
        if (never !== undefined) all += chunk.toString('latin1');
        bytes += chunk.length;
      });
      response.on('error', reject);
      response.on('end', () => {
        const isRight = response.statusCode === status && (never === undefined || !all.includes(never));
        if (isRight) resolve(bytes);
        else reject(new Error(`${method} ${path} answered ${response.statusCode} instead of ${status}: ${start}`));
      });
    });
    outgoing.end(body);
  });
}

const MEDIA_TYPE = 'application/scim+json';
