import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a child process can be asked, by name. Arguments and answers travel as JSON. */
export type Commands = { readonly [name: string]: (argument: never) => unknown };

interface Question {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly number: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A process of its own, so that nothing but what is measured runs in it. */
export interface Child<Known extends Commands> {
  ask<Name extends keyof Known & string>(
    name: Name,
    ...argument: Parameters<Known[Name]>
  ): Promise<Awaited<ReturnType<Known[Name]>>>;
  /** Lets the child go; it ends by itself. */
  end(): Promise<void>;
}

const PATIENCE_MS = 120_000;
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts a child in one of the roles of main.ts. A command that throws there throws here; none takes longer than two minutes. */
export function startChild<Known extends Commands>(role: string): Child<Known> {
  const execArgv = [...process.execArgv, ...flagsOfStart()];
  const child = fork(MAIN, [`--as=${role}`], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  child.on('message', (reply: Reply) => {
    waiting.get(reply.number)?.(reply);
    waiting.delete(reply.number);
  });
  child.on('exit', (code) => {
    for (const [number, settle] of waiting) settle({ number, error: `the ${role} process ended with code ${code}` });
  });

  return {
    async ask(name, ...[argument]) {
      asked += 1;
      const question: Question = { number: asked, name, argument };
      const reply = await new Promise<Reply>((resolve) => {
        const late = setTimeout(() => resolve({ number: question.number, error: 'took too long' }), PATIENCE_MS);
        waiting.set(question.number, (answer) => {
          clearTimeout(late);
          resolve(answer);
        });
        child.send(question);
      });
      if (reply.error !== undefined) throw new Error(`${role}.${name}: ${reply.error}`);
      return reply.answer as never;
    },
    async end() {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The flags Node gets from `npm start`: what is measured runs as it will run. */
function flagsOfStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (
    String(scripts.start)
      .match(/ --\S+/g)
      ?.map((flag) => flag.trim()) ?? []
  );
}

/** The other end: answers commands until the parent lets go. */
export function serveCommands(commands: Commands): void {
  process.on('message', ({ number, name, argument }: Question) => {
    const command = commands[name];
    const work = async () => command?.(argument as never);
    work().then(
      (answer) => process.send?.({ number, answer } satisfies Reply),
      (error: unknown) =>
        process.send?.({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}
