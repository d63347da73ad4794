import { expect, until } from './expectations.ts';
import type { Json } from './http-client.ts';
import { type Chapter, changeSettings, runNow, type Scene } from './scene.ts';

const HEADER = 'Employee ID,Full name,Email,Job title';
const NEWCOMERS = 27;
/** A computer may be too fast for a switch in the middle of one. */
const MOST_FILES = 20;
/** People added by hand, whom the file names by their numbers. */
const BY_HAND = ['H-1', 'H-2', 'H-3', 'H-4', 'H-5'];
/** Two of them are changed, one of them by somebody else meanwhile; two stay as they are. */
const LINES_OF_KNOWN = [
  'H-1,,,Interviewer',
  'H-2,,,Interviewer',
  'H-3,,,Interviewer',
  'H-4,,,Clerk',
  'H-5,,,Clerk',
  'G-1,Another Name,,Sourcer',
  'G-2,Another Name,,',
];
const LINES_OF_TROUBLE = [
  ',No Number,no.number@sim.example,',
  'D-1,One Person,one.person@sim.example,',
  'D-1,Another Person,one.person@sim.example,',
  'T-1,,,Interviewer',
  'N-99,Somebody Else,grace@sim.example,',
  'A-1,,,Interviewer',
];
const REVIEWED: { readonly [verdict: string]: number } = {
  create: NEWCOMERS,
  update: 3,
  unchanged: 2,
  partial: 1,
  overridden: 1,
  invalid: 1,
  duplicate: 2,
  ambiguous: 1,
  email_taken: 1,
  agency_user: 1,
};

/** What an admin does with a CSV file of forty people: looks at it, and lets it happen. */
export const IMPORT_STORY: readonly Chapter[] = [
  {
    title: 'A CSV file of 40 people is reviewed while SCIM is on',
    async play(scene, note) {
      await addWhomTheFileNames(scene);
      await changeSettings(scene, { scim: { enabled: true } });
      const { operator, base } = scene;
      const text = fileOf([...LINES_OF_KNOWN, ...LINES_OF_TROUBLE, ...newcomers(NEWCOMERS, 'N')]);
      const { id } = await operator.upload(`${base}/imports`, text, 'text/csv', 202);
      const { counts } = await review(scene, id);
      expect('whoever is new waits for SCIM', counts.held === NEWCOMERS && counts.create === undefined, counts);
      note({ imported: { id } });
      return `${counts.held} new people are held, as SCIM alone adds people; nothing is written yet`;
    },
  },
  {
    title: '… and with SCIM off',
    async play(scene, note) {
      await changeSettings(scene, { scim: { enabled: false } });
      const imported = await review(scene, scene.imported.id);
      expect('every verdict is there', sameCounts(imported.counts, REVIEWED), imported.counts);
      const { items } = await scene.operator.get(`${scene.base}/imports/${imported.id}/rows?verdict=partial`);
      note({ imported });
      return `${told(imported.counts)}; line ${items[0].line}: ${items[0].reasons[0]}, the title is free`;
    },
  },
  {
    title: 'The file is carried out; somebody was changed meanwhile',
    async play(scene) {
      const { operator, base, imported } = scene;
      const { items } = await operator.get(`${base}/users?status=all&q=h-3%40sim.example`);
      await operator.send('PATCH', `${base}/users/${items[0].id}`, { title: 'Sourcer' }, 200);
      await operator.send('POST', `${base}/imports/${imported.id}/commit`, { digest: imported.digest }, 202);
      const { outcomes } = await settled(scene, imported.id, 'done');
      const wanted = { create: NEWCOMERS, update: 2, partial: 1, changed: 1 };
      const isDone = Object.entries(wanted).every(([verdict, count]) => outcomes[verdict] === count);
      expect('all but what was changed meanwhile is written', isDone, outcomes);
      const { items: rows } = await operator.get(`${base}/imports/${imported.id}/rows?verdict=changed`);
      expect('the row is named', rows.length === 1, rows);
      return `${told(outcomes)}; line ${rows[0].line} was left alone: ${rows[0].reasons[0]}`;
    },
  },
  {
    title: 'SCIM is switched on in the middle of another file',
    async play(scene) {
      const { outcomes } = await interrupted(scene);
      expect('whoever was not written yet waits for SCIM', outcomes.superseded > 0, outcomes);
      return `${told(outcomes)}: from that moment the file adds nobody`;
    },
  },
];

/** Files of forty newcomers each, until SCIM comes before the last of one is written. */
async function interrupted(scene: Scene, file = 1): Promise<Json> {
  const { operator, base } = scene;
  const { id } = await operator.upload(`${base}/imports`, fileOf(newcomers(40, `M${file}`)), 'text/csv', 202);
  const { digest } = await review(scene, id);
  await operator.send('POST', `${base}/imports/${id}/commit`, { digest }, 202);
  await changeSettings(scene, { scim: { enabled: true } });
  const imported = await settled(scene, id, 'done');
  await changeSettings(scene, { scim: { enabled: false } });
  return imported.outcomes.superseded || file === MOST_FILES ? imported : interrupted(scene, file + 1);
}

/** By hand, by Google, twins of one number, and an agency's recruiter. */
async function addWhomTheFileNames(scene: Scene): Promise<void> {
  const { operator, base, google } = scene;
  const add = (number: string, more: Json = {}) => {
    const email = `${number.toLowerCase()}@sim.example`;
    const body = { name: `Person ${number}`, email, title: 'Clerk', employeeNumber: number, ...more };
    return operator.send('POST', `${base}/users`, body, 201);
  };
  for (const number of BY_HAND) await add(number);
  await add('T-1', { email: 'twin.one@sim.example' });
  await add('T-1', { email: 'twin.two@sim.example' });
  const agency = await operator.send('POST', `${base}/agencies`, { name: 'Headhunters' }, 201);
  await add('A-1', { kind: 'agency', agencyId: agency.id });
  for (const number of ['G-1', 'G-2'])
    google.control.mutate({
      do: 'add',
      fields: {
        primaryEmail: `${number.toLowerCase()}@sim.example`,
        organizations: [],
        externalIds: [{ type: 'organization', value: number }],
      },
    });
  await runNow(scene);
}

const fileOf = (lines: readonly string[]): string => [HEADER, ...lines].join('\n');

const newcomers = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at},Newcomer ${prefix}-${at},${prefix}.${at}@sim.example,`);

async function review(scene: Scene, id: string): Promise<Json> {
  const { operator, base } = scene;
  await settled(scene, id, 'mapping', 'reviewed');
  await operator.send('PUT', `${base}/imports/${id}/mapping`, { key: 'employeeNumber' }, 200);
  return settled(scene, id, 'reviewed');
}

async function settled({ operator, base }: Scene, id: string, ...states: readonly string[]): Promise<Json> {
  return until(
    `the import to be ${states.join(' or ')}`,
    () => operator.get(`${base}/imports/${id}`),
    ({ state }) => states.includes(state),
  );
}

const sameCounts = (counts: Json, wanted: Json): boolean =>
  Object.keys({ ...counts, ...wanted }).every((verdict) => counts[verdict] === wanted[verdict]);

const told = (counts: { readonly [verdict: string]: number }): string =>
  Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
