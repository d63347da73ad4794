import { expect } from './expectations.ts';
import type { Json } from './http-client.ts';
import { IMPORT_STORY } from './import-story.ts';
import { MICROSOFT_STORY } from './microsoft-story.ts';
import { PEOPLE_STORY } from './people-story.ts';
import { type Chapter, changeSettings, finishedRun, listUsers, runNow, userOf } from './scene.ts';
import type { Stage } from './stage.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const SUSPENDED_INDEX = 7;

/** The story, in order: by hand, Google, SCIM and back, Microsoft, people, a CSV file; where there are several processes, some are killed on the way. */
export function storyOn({ killOneOfEach }: Stage): readonly Chapter[] {
  const whole = [...STORY, ...MICROSOFT_STORY, ...PEOPLE_STORY, ...IMPORT_STORY];
  if (!killOneOfEach) return whole;
  const middle = Math.ceil(STORY.length / 2);
  return [...whole.slice(0, middle), killing(killOneOfEach), ...whole.slice(middle)];
}

const KILLED_AFTER_MS = 30_000;

const killing = (killOneOfEach: NonNullable<Stage['killOneOfEach']>): Chapter => ({
  title: 'A process that answers and one in the middle of a run are killed (kill -9)',
  async play(scene) {
    const fault = { kind: 'slow-first-byte', ms: 2_000 } as const;
    scene.google.control.fault({ match: { operation: 'users.list' }, times: 1, fault });
    const { id } = await scene.operator.send('POST', `${scene.base}/integrations/google/runs`, {}, 202);
    const left = await killOneOfEach(id);
    const from = Date.now();
    const run = await finishedRun(scene, id);
    const ms = Date.now() - from;
    expect('the run finished, soon', run.state === 'finished' && ms < KILLED_AFTER_MS, { run, ms });
    const { items } = await scene.operator.get(`${scene.base}/runs`);
    expect('nobody was counted twice', run.counts.seen === items[1].counts.seen, items);
    return `${left}; another worker finished the run ${(ms / 1_000).toFixed(1)} s later, ${run.counts.seen} people seen`;
  },
});

const STORY: readonly Chapter[] = [
  {
    title: 'An organization is created',
    async play({ operator }, note) {
      const { id, name } = await operator.send(
        'POST',
        '/api/organizations',
        { name: 'Example Inc', domains: ['sim.example'] },
        201,
      );
      note({ organization: id, base: `/api/organizations/${id}` });
      return `${name} has the id ${id}`;
    },
  },
  {
    title: 'Somebody is added by hand',
    async play({ operator, base }) {
      const user = await operator.send(
        'POST',
        `${base}/users`,
        { name: 'Grace Hand', email: 'grace@sim.example' },
        201,
      );
      expect('a new person is unprovisioned', user.status === 'unprovisioned', user);
      const active = await operator.send('POST', `${base}/users/${user.id}/activate`, {}, 200);
      expect('she is active', active.status === 'active', active);
      return `${user.name} was ${user.status}, and is ${active.status} now that an admin activated her`;
    },
  },
  {
    title: 'Google Workspace is connected and tested',
    async play({ operator, base, google }) {
      const { serviceAccount, subject } = google;
      await operator.send('PUT', `${base}/integrations/google`, { serviceAccount, subject }, 200);
      const { checks } = await operator.send('POST', `${base}/integrations/google/test`, {}, 200);
      const failed = checks.filter(({ ok }: Json) => !ok);
      expect('every check passes', failed.length === 0, failed);
      return `${checks.length} checks passed, acting as ${subject}`;
    },
  },
  {
    title: 'The first sync brings people, unprovisioned',
    async play(scene, note) {
      await changeSettings(scene, { google: { syncUsers: true } });
      const { items } = await scene.operator.get(`${scene.base}/runs`);
      const run = await finishedRun(scene, items[0].id);
      expect('the run finished', run.state === 'finished', run);
      const { total } = await listUsers(scene, 'status=unprovisioned&limit=1');
      expect('everybody it created is unprovisioned', total === run.counts.created, { total, counts: run.counts });
      note({ brought: total });
      return `${run.counts.seen} seen, ${total} added as unprovisioned, the rest are suspended or archived in Google`;
    },
  },
  {
    title: '"Automatically enable synced users?" is previewed',
    async play({ operator, base, brought }) {
      const patch = { google: { autoEnableUsers: true } };
      const preview = await operator.send('PATCH', `${base}/settings?preview=true`, patch, 200);
      expect('exactly those people would change', preview.changes.total === brought, preview.changes);
      return `${preview.changes.total} people would change (${Object.keys(preview.changes.byStatus).join(', ')}); nothing was written`;
    },
  },
  {
    title: '… and switched on',
    async play(scene) {
      await changeSettings(scene, { google: { autoEnableUsers: true } });
      const { total } = await listUsers(scene, 'status=active&limit=1');
      expect('they and Grace are active', total === scene.brought + 1, total);
      return `${total} people are active, without asking Google again`;
    },
  },
  {
    title: 'Somebody is suspended in Google',
    async play(scene, note) {
      const email = scene.google.control.person(SUSPENDED_INDEX)?.primaryEmail ?? '';
      scene.google.control.mutate({ do: 'suspend', who: email });
      const run = await runNow(scene);
      const user = await userOf(scene, email);
      expect('the run deactivated them', run.counts.removed === 1 && user.status === 'deactivated', { run, user });
      note({ suspended: user });
      return `${user.name} is ${user.status}; the run removed ${run.counts.removed} and left ${run.counts.unchanged} unchanged`;
    },
  },
  {
    title: 'An admin gives somebody a title by hand',
    async play(scene, note) {
      const { items } = await listUsers(scene, 'status=active&source=google&limit=100');
      const user = items.find(
        ({ attributes, email }: Json) => attributes.title === undefined && !email.startsWith('admin@'),
      );
      const edited = await scene.operator.send(
        'PATCH',
        `${scene.base}/users/${user.id}`,
        { attributes: { title: 'Chief of Staff' } },
        200,
      );
      expect('the admin owns the title', edited.owners.title === 'manual', edited.owners);
      note({ taken: edited });
      return `${edited.name} is "${edited.attributes.title}" (by ${edited.owners.title}), the name still comes from ${edited.owners.name}`;
    },
  },
  {
    title: 'SCIM is switched on, and a token is made',
    async play(scene, note) {
      const { notice } = await changeSettings(scene, { scim: { enabled: true } });
      const { baseUrl, token } = await scene.operator.send('POST', `${scene.base}/scim-tokens`, { name: 'Okta' }, 201);
      note({ scim: scene.scimClient(baseUrl, token) });
      return `${notice ?? 'on'}`;
    },
  },
  {
    title: 'An Okta-like client finds that person and takes over',
    async play({ scim, operator, base, taken }) {
      const filter = encodeURIComponent(`userName eq "${taken.email}"`);
      const found = await scim.get(`/Users?filter=${filter}&startIndex=1&count=100`);
      expect('SCIM finds them', found.totalResults === 1, found);
      const [resource] = found.Resources;
      const body = {
        ...resource,
        schemas: [CORE, ENTERPRISE],
        externalId: '00u1a2b3c4',
        name: { givenName: 'Renamed', familyName: 'ByOkta' },
        displayName: 'Renamed ByOkta',
        title: 'Director',
        [ENTERPRISE]: { department: 'Operations' },
        active: true,
      };
      const put = await scim.send('PUT', `/Users/${resource.id}`, body, 200);
      const user = await operator.get(`${base}/users/${taken.id}`);
      expect('SCIM owns name and title', user.owners.name === 'scim' && user.owners.title === 'scim', user);
      return `PUT answered active: ${put.active}; the person is now "${user.name}", "${user.attributes.title}" (both by SCIM)`;
    },
  },
  {
    title: "The admin's next edit is refused",
    async play({ operator, base, taken }) {
      const problem = await operator.send('PATCH', `${base}/users/${taken.id}`, { attributes: { title: 'King' } }, 409);
      expect('the refusal names the owner', problem.code === 'overridden' && problem.source === 'scim', problem);
      return `409 ${problem.code}: ${problem.detail}`;
    },
  },
  {
    title: 'Why is that so?',
    async play({ operator, base, taken }) {
      const { status, attributes } = await operator.get(`${base}/users/${taken.id}/explain`);
      const hidden = attributes.title.hidden.map(({ source, value }: Json) => `${source} says "${value}"`);
      expect("the admin's title is hidden, not lost", hidden.length === 1, attributes.title);
      return `${status.sentence} Title: "${attributes.title.value}" by ${attributes.title.source}, hiding that ${hidden.join(' and ')}`;
    },
  },
  {
    title: 'SCIM deactivates somebody Google reports active',
    async play(scene, note) {
      const { items } = await listUsers(scene, 'status=active&source=google&limit=5');
      const user = items.find(
        ({ name, email }: Json) =>
          name !== scene.taken.name && name !== 'Renamed ByOkta' && !email.startsWith('admin@'),
      );
      const patch = {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', value: { active: false } }],
      };
      await scene.scim.send('PATCH', `/Users/${user.scimId}`, patch, 200);
      const after = await scene.operator.get(`${scene.base}/users/${user.id}`);
      expect('SCIM overrides Google', after.status === 'deactivated', after);
      note({ left: after });
      return `${after.name} is ${after.status}: SCIM overrides directory sync`;
    },
  },
  {
    title: 'Google suddenly answers with an empty list',
    async play(scene) {
      const before = await listUsers(scene, 'status=active&limit=1');
      scene.google.control.fault({ match: { operation: 'users.list' }, times: 'always', fault: { kind: 'no-users' } });
      const run = await runNow(scene);
      scene.google.control.clearFaults();
      const after = await listUsers(scene, 'status=active&limit=1');
      expect('the run is held and nobody was removed', run.state === 'held' && after.total === before.total, {
        run,
        after,
      });
      const reason = run.reasons.find(({ code }: Json) => code === 'empty_listing');
      return `${run.counts.held} removals are held as plan ${run.plan.number}, ${run.counts.removed} done: ${reason.message}`;
    },
  },
  {
    title: 'SCIM is switched off: everything falls back to what Google said',
    async play(scene) {
      const patch = { scim: { enabled: false } };
      const preview = await scene.operator.send('PATCH', `${scene.base}/settings?preview=true`, patch, 200);
      await changeSettings(scene, { ...patch, confirm: preview.digest });
      const taken = await scene.operator.get(`${scene.base}/users/${scene.taken.id}`);
      const left = await scene.operator.get(`${scene.base}/users/${scene.left.id}`);
      expect("the name is Google's again", taken.owners.name === 'google' && taken.name === scene.taken.name, taken);
      expect('who SCIM had deactivated is active again', left.status === 'active', left);
      return `"Renamed ByOkta" is "${taken.name}" again (by ${taken.owners.name}), ${left.name} is ${left.status} again`;
    },
  },
];
