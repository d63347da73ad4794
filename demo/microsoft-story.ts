import { expect } from './expectations.ts';
import type { Json } from './http-client.ts';
import { type Chapter, changeSettings, finishedRun, runNow } from './scene.ts';

const DISABLED = { from: 10, to: 60 };

/** A second directory, tried before it is switched on, and a plan that waits for somebody. */
export const MICROSOFT_STORY: readonly Chapter[] = [
  {
    title: 'Microsoft 365 is connected beside Google, and tried in a dry run',
    async play(scene) {
      const { operator, base, microsoft } = scene;
      const { tenantId, clientId, clientSecret } = microsoft.application;
      await operator.send('PUT', `${base}/integrations/microsoft`, { tenantId, clientId, clientSecret }, 200);
      const { id } = await operator.send('POST', `${base}/integrations/microsoft/dry-runs`, {}, 202);
      const run = await finishedRun(scene, id);
      const plan = await operator.get(`${base}/runs/${id}/plan?limit=1`);
      expect('the dry run wrote nobody', run.counts.created === 0 && plan.counts.create > 50, { run, plan });
      return `a sync would add ${plan.counts.create} people, the first of them ${plan.items[0].user.name}; nothing was written`;
    },
  },
  {
    title: '… and switched on',
    async play(scene) {
      await changeSettings(scene, { microsoft: { syncUsers: true, autoEnableUsers: true } });
      const { items } = await scene.operator.get(`${scene.base}/runs?limit=5`);
      const { id } = items.find(({ source, dry }: Json) => source === 'microsoft' && !dry);
      const first = await finishedRun(scene, id);
      const run = await runNow(scene, 'microsoft');
      const isWell = first.counts.created > 50 && run.kind === 'delta';
      expect('it brought them, and then asks for changes only', isWell, { first, run });
      return `${first.counts.created} people added; the run after it asked for what changed, and saw ${run.counts.seen}`;
    },
  },
  {
    title: 'Somebody disables fifty accounts in Microsoft 365 by mistake',
    async play(scene) {
      scene.microsoft.control.mutate({ do: 'disable', who: DISABLED });
      const run = await runNow(scene, 'microsoft');
      const plan = await scene.operator.get(`${scene.base}/integrations/microsoft/plan`);
      expect('the run is held', run.state === 'held' && plan.state === 'waiting', { run, plan });
      const { items } = await scene.operator.get(`${scene.base}/runs/${run.id}/plan?limit=1`);
      const [{ user, from, to }] = items;
      return `plan ${plan.number} waits with ${plan.total} changes, such as ${user.name} from ${from.status} to ${to.status}; nobody was touched`;
    },
  },
  {
    title: 'Most of them are enabled again, so that the plan no longer holds; the rest was meant, and is approved',
    async play(scene) {
      const { operator, base } = scene;
      const { digest } = await operator.get(`${base}/integrations/microsoft/plan`);
      scene.microsoft.control.mutate({ do: 'enable', who: { from: 30, to: DISABLED.to } });
      await runNow(scene, 'microsoft');
      const stale = await operator.send('POST', `${base}/integrations/microsoft/plan/approve`, { digest }, 409);
      expect('the old plan cannot be approved', stale.code === 'plan_changed', stale);
      const plan = await operator.get(`${base}/integrations/microsoft/plan`);
      const body = { digest: plan.digest };
      const { run } = await operator.send('POST', `${base}/integrations/microsoft/plan/approve`, body, 200);
      const done = await finishedRun(scene, run.id);
      expect('the run did it', done.state === 'finished' && done.counts.removed === plan.total, { done, plan });
      return `409 ${stale.code} for plan 1; plan ${plan.number} was approved, and a run of its own removed ${done.counts.removed}`;
    },
  },
  {
    title: 'Why is one of them not active?',
    async play({ operator, base, microsoft }) {
      const gone = [...microsoft.control.everybody()].find(
        ({ accountEnabled, mail, userType }) => accountEnabled === false && mail && userType !== 'Guest',
      );
      const { verdicts } = await operator.get(
        `${base}/explain?email=${encodeURIComponent(String(gone?.mail))}&live=true`,
      );
      const verdict = verdicts.find(({ code }: Json) => code === 'disabled_account');
      expect('Microsoft says so', verdict !== undefined, verdicts);
      return `${verdict.sentence} ${verdict.next}`;
    },
  },
];
