import { setScaledStage } from './scaled-stage.ts';
import type { Chapter } from './scene.ts';
import { type Stage, setStage } from './stage.ts';
import { storyOn } from './story.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * Tells the whole idea on the terminal, every step a real HTTP request whose answer is checked.
 *
 * With `--scaled` it plays on MongoDB and Redis, with two processes that answer and two that work. With `--once` it ends after the story, exit code 0; else it stays up to be looked at. A step that does not go as told ends it
 * with exit code 1 and says what was seen.
 */
async function main(): Promise<void> {
  const once = process.argv.includes('--once');
  say(
    'Rollcall: SCIM overrides directory sync, which overrides manual edits. A simulated Google has 250 people, a simulated Microsoft 120.\n',
  );
  const stage = await (process.argv.includes('--scaled') ? setScaledStage() : setStage());
  try {
    const organization = await tell(stage);
    say('\nEverything went as told.');
    if (once) return;
    await stayUp(stage, organization);
  } finally {
    await stage.clear();
  }
}

async function tell(stage: Stage): Promise<string> {
  let scene = { ...stage } as Parameters<Chapter['play']>[0];
  const note = (facts: object) => {
    scene = { ...scene, ...facts };
  };
  for (const [index, chapter] of storyOn(stage).entries()) {
    const number = String(index + 1).padStart(2);
    const line = await chapter.play(scene, note).catch((error: unknown) => {
      say(`✗ ${number}  ${chapter.title}`);
      throw error;
    });
    say(`✓ ${number}  ${chapter.title}\n       ${line}`);
  }
  return scene.organization;
}

async function stayUp({ url, operatorKey }: Stage, organization: string): Promise<void> {
  const base = `${url}/api/organizations/${organization}`;
  say(`
Rollcall stays up at ${url} until you press Ctrl-C. Look around:

  KEY='${operatorKey}'
  curl -H "Authorization: Bearer $KEY" '${base}/users?limit=5'
  curl -H "Authorization: Bearer $KEY" '${base}/explain?email=grace@sim.example'
  curl -H "Authorization: Bearer $KEY" '${base}/runs'
  curl '${url}/api/openapi.json'
`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
