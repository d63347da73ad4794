import { watchBuiltIns } from './builtins.ts';
import { aPerson } from './expectations.ts';
import { startScim } from './server.ts';

/** What the process tells about itself when it is asked anything. */
export interface Wellbeing {
  readonly tampered: readonly string[];
  readonly crashes: readonly string[];
  readonly protoIsGone: boolean;
}

/** Where it listens, and whom it knows. */
export interface Greeting {
  readonly root: string;
  readonly token: string;
  readonly userId: string;
  readonly victimId: string;
}

/** Run on its own, with a channel to its parent and Node's `--disable-proto=delete`: a server to be hostile to. */
const tampered = watchBuiltIns();
const scim = await startScim({ crashes: true });
const emails = [{ value: 'a@example.com', type: 'work' }];
const user = (await scim.post('/Users', aPerson({ emails }))).body;
const victim = (await scim.post('/Users', aPerson())).body;
const tell = (words: Wellbeing | Greeting) => void process.send?.(words);

process.on('message', () => {
  const crashes = scim.crashes.map(({ error }) => (error instanceof Error ? (error.stack ?? '') : String(error)));
  tell({ tampered: tampered(), crashes, protoIsGone: !Object.hasOwn(Object.prototype, '__proto__') });
});
process.on('disconnect', () => process.exit());
tell({ root: scim.root, token: scim.token, userId: user.id, victimId: victim.id });
