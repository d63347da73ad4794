import { expect } from './expectations.ts';
import type { Json } from './http-client.ts';
import { type Chapter, changeSettings, runNow, userOf } from './scene.ts';

const BYRON = 'ada.byron@sim.example';
const RECRUITER = 'rita@agency.example';
const NEWCOMER = 'nora.newcomer@sim.example';
const DAY_MS = 86_400_000;

/** What admins and the application do with people: leaving, coming back, changing sides, and signing in. */
export const PEOPLE_STORY: readonly Chapter[] = [
  {
    title: 'Somebody with a role and a booked interview is deactivated',
    async play(scene) {
      const { operator, base } = scene;
      const body = { name: 'Ada Byron', email: BYRON, title: 'Recruiter' };
      const { id } = await operator.send('POST', `${base}/users`, body, 201);
      await operator.send('POST', `${base}/users/${id}/activate`, {}, 200);
      const { organization } = scene;
      const roles = [{ role: 'recruiter', scope: { kind: 'organization', id: organization } }];
      await operator.send('PUT', `${base}/users/${id}/access`, { level: 'elevated', roles }, 200);
      const startsAt = new Date(Date.now() + DAY_MS);
      const endsAt = new Date(startsAt.getTime() + DAY_MS / 24);
      const interview = { startsAt, endsAt, status: 'booked', interviewers: [id], version: 1 };
      await operator.send('PUT', `${base}/interviews/INT-1`, interview, 200);
      const { effects } = await operator.send('POST', `${base}/users/${id}/deactivate?preview=true`, {}, 200);
      const left = await operator.send('POST', `${base}/users/${id}/deactivate`, { reason: 'on leave' }, 200);
      const { items } = await operator.get(`${base}/interviews?needs=reschedule`);
      const isDormant = left.status === 'deactivated' && left.access.dormantRoles.length === 1;
      expect('the role is dormant and the interview waits', isDormant && items.length === 1, { left, items });
      return `${effects.rolesDormant.length} role is kept dormant, ${effects.interviewsToReschedule.count} interview (${items[0].externalId}) needs somebody else`;
    },
  },
  {
    title: '… and comes back',
    async play(scene) {
      const { operator, base } = scene;
      const { id } = await userOf(scene, BYRON);
      const back = await operator.send('POST', `${base}/users/${id}/activate`, { reason: 'back again' }, 200);
      const isLimited = back.access.level === 'limited' && back.access.roles.length === 0;
      expect('access is limited at first', isLimited, back.access);
      const raised = await operator.send('PUT', `${base}/users/${id}/access`, { level: 'elevated' }, 200);
      const { items } = await operator.get(`${base}/interviews?needs=reschedule`);
      const isRestored = raised.access.roles.length === 1 && items.length === 0;
      expect('the role is back, and the interview stands', isRestored, { raised, items });
      return `limited first; elevated, the role ${raised.access.roles[0].role} is back, and the interview stands again`;
    },
  },
  {
    title: 'An agency’s recruiter is hired',
    async play({ operator, base }) {
      const agency = await operator.send('POST', `${base}/agencies`, { name: 'Search & Co' }, 201);
      const body = { name: 'Rita Recruiter', email: RECRUITER, kind: 'agency', agencyId: agency.id };
      const { id } = await operator.send('POST', `${base}/users`, body, 201);
      await operator.send('POST', `${base}/users/${id}/activate`, {}, 200);
      const hired = await operator.send('PUT', `${base}/users/${id}/agency`, { agencyId: null }, 200);
      const isSame = hired.id === id && hired.email === RECRUITER && hired.kind === 'employee';
      expect('they are the same person, and an employee', isSame && hired.access.level === 'limited', hired);
      const refused = await operator.send('DELETE', `${base}/agencies/${agency.id}`, undefined, 409);
      return `${hired.name} keeps id and address and starts limited; the agency stays known: 409 ${refused.code}`;
    },
  },
  {
    title: 'A newcomer of Google signs in',
    async play(scene) {
      const { operator, base, google } = scene;
      await changeSettings(scene, { google: { autoEnableUsers: false } });
      const [subject] = google.control.mutate({ do: 'add', fields: { primaryEmail: NEWCOMER } });
      await runNow(scene);
      const { status, id } = await userOf(scene, NEWCOMER);
      expect('they are known, and not active', status === 'unprovisioned', status);
      const issuer = 'https://accounts.google.com';
      const stranger = await operator.send(
        'POST',
        `${base}/sign-ins`,
        { email: NEWCOMER, issuer: 'https://else.example' },
        200,
      );
      const attempt = { email: NEWCOMER, issuer, subject };
      const answer: Json = await operator.send('POST', `${base}/sign-ins`, attempt, 200);
      const isIn = !stranger.allowed && answer.allowed && answer.user.id === id && answer.user.status === 'active';
      expect('Google’s own id lets them in, an address alone does not', isIn, { stranger, answer });
      return `an address alone: ${stranger.code}; with Google’s id: ${answer.code}, and active from now on`;
    },
  },
];
