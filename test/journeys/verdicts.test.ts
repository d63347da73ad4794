import { expect } from 'chai';
import { VERDICT_CODES, type VerdictCode } from '../../src/core/verdict-facts.ts';
import type { Body } from '../support/api-client.ts';
import { heldPlan } from '../support/held-plan.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

interface Scene {
  readonly rollcall: TestRollcall;
  readonly organization: TestOrganization;
  /** Address of the person at a position of the simulated Google. */
  readonly google: (index: number) => string;
  /** Members of the simulated Microsoft who are active. */
  readonly microsoft: (nth: number) => Body;
  readonly on: (source?: string, more?: object) => Promise<unknown>;
  readonly choose: (edit: object) => Promise<Body>;
}

/** Brings a verdict about and returns whom to ask for; `live`: only the directory itself tells. */
interface Case {
  readonly live?: boolean;
  readonly bring: (scene: Scene) => Promise<string>;
  readonly says: RegExp;
}

const CASES: { readonly [code in VerdictCode]: Case } = {
  blocked: {
    says: /^Blocked by an administrator at 20.*: a lost laptop\. Nobody signs in as them/,
    async bring({ rollcall, organization }) {
      const { id, email } = await organization.addActiveUser('Ada', 'ada@sim.example');
      const path = `${organization.path}/users/${id}/block`;
      expectStatus(await rollcall.api.put(path, { reason: 'a lost laptop' }), 200);
      return email;
    },
  },
  active: {
    says: /^Active: an administrator said so at 20/,
    bring: async ({ organization }) => (await organization.addActiveUser('Ada', 'ada@sim.example')).email,
  },
  in_conflict: {
    says: /In conflict.*waits for an administrator/,
    async bring({ organization, google, on }) {
      await organization.addUser('Twin', google(3));
      await organization.change({ linkExistingUsers: 'ask' });
      await on();
      return google(3);
    },
  },
  held_by_scim: {
    says: /SCIM is on and has not provisioned this person/,
    async bring({ organization, google, on }) {
      await organization.connectScim();
      await on('google', { autoEnableUsers: true });
      return google(3);
    },
  },
  suspended: {
    says: /Google Workspace says the account is suspended/,
    async bring({ rollcall, organization, google, on }) {
      await on('google', { autoEnableUsers: true });
      rollcall.google().control.mutate({ do: 'suspend', who: 3 });
      await organization.sync();
      return google(3);
    },
  },
  archived: {
    says: /the account is archived/,
    async bring({ rollcall, google, on }) {
      rollcall.google().control.mutate({ do: 'archive', who: 3 });
      await on();
      return google(3);
    },
  },
  disabled_account: {
    says: /Microsoft 365 says the account is disabled/,
    async bring({ rollcall, organization, microsoft, on }) {
      const { id, mail } = microsoft(2);
      await on('microsoft', { autoEnableUsers: true });
      rollcall.microsoft().control.mutate({ do: 'disable', who: id });
      await organization.sync('microsoft');
      return mail;
    },
  },
  not_in_directory: { live: true, says: /has nobody with this address/, bring: async () => 'nobody@sim.example' },
  guest: {
    says: /who is left out: a guest of the tenant/,
    async bring({ rollcall, on }) {
      await on('microsoft');
      const guest = [...rollcall.microsoft().control.everybody()].find(
        ({ userType, mail, accountEnabled }) => userType === 'Guest' && mail && accountEnabled === true,
      );
      return String(guest?.mail);
    },
  },
  unlicensed: {
    live: true,
    says: /left out: no license is assigned/,
    async bring({ rollcall, organization, microsoft }) {
      const { tenantId, clientId, clientSecret } = rollcall.microsoft().application;
      await organization.connectMicrosoft({ tenantId, clientId, clientSecret, onlyLicensed: true });
      const { id, mail } = microsoft(2);
      rollcall.microsoft().control.mutate({ do: 'set', who: id, fields: { assignedLicenses: [] } });
      return mail;
    },
  },
  out_of_scope: {
    live: true,
    says: /out of scope: the person .* is excluded/,
    async bring({ google, choose, on }) {
      await choose({ scope: { exclude: { people: [google(3)] } } });
      await on();
      return google(3);
    },
  },
  no_address: {
    live: true,
    says: /no usable address/,
    async bring({ rollcall, on }) {
      await on();
      const fields = { primaryEmail: 'broken', aliases: ['bare@sim.example'], suspended: false, archived: false };
      rollcall.google().control.mutate({ do: 'add', fields });
      return 'bare@sim.example';
    },
  },
  unreadable: {
    says: /cannot be trusted: not added: the directory does not say if they are active/,
    async bring({ rollcall, google, on }) {
      rollcall.google().control.mutate({ do: 'set', who: 3, remove: ['suspended'] });
      await on();
      return google(3);
    },
  },
  waiting_in_plan: {
    says: /A change by Google Workspace waits in plan 1, which expires at 20/,
    async bring({ rollcall, organization, google, on }) {
      await on('google', { autoEnableUsers: true });
      await heldPlan(rollcall, organization, 'google');
      return google(3);
    },
  },
  waiting_grace: {
    says: /no longer in the directory since 20.*; they leave at 20/,
    async bring({ rollcall, organization, google, on, choose }) {
      await choose({ removals: { graceHours: 24 } });
      await on('google', { autoEnableUsers: true });
      const email = google(3);
      rollcall.google().control.mutate({ do: 'delete', who: 3 });
      await organization.sync();
      return email;
    },
  },
  deactivated: {
    says: /^Deactivated by an administrator at 20/,
    async bring({ rollcall, organization }) {
      const { id, email } = await organization.addActiveUser('Ada', 'ada@sim.example');
      expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/deactivate`), 200);
      return email;
    },
  },
  terminated: {
    says: /^Terminated by an administrator at 20.*roles were erased/,
    async bring({ rollcall, organization }) {
      const { id, email } = await organization.addActiveUser('Ada', 'ada@sim.example');
      expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/terminate`), 200);
      return email;
    },
  },
  sync_off: { says: /Syncing users from Google Workspace is switched off/, bring: async ({ google }) => google(3) },
  quarantined: {
    says: /has failed since 20.*the next attempt is at 20/,
    async bring({ rollcall, organization, google, on }) {
      await on();
      rollcall.google().control.delegate([]);
      rollcall.google().control.revokeTokens();
      await organization.run();
      await until('it is in quarantine', async () => {
        const { body } = await rollcall.api.get(`${organization.path}/integrations/google`);
        return body.state === 'quarantined';
      });
      return google(3);
    },
  },
  directory_unreachable: {
    live: true,
    says: /Google Workspace could not be asked: .*/,
    async bring({ rollcall, google }) {
      rollcall.google().control.fault({ times: 'always', fault: { kind: 'slow-first-byte', ms: 20_000 } });
      return google(3);
    },
  },
  not_enabled: {
    says: /not enabled automatically, and they have never signed in/,
    async bring({ google, on }) {
      await on();
      return google(3);
    },
  },
  not_seen_yet: {
    live: true,
    says: /has the person under the address new\.comer@sim\.example; no run has brought them yet, the next is due at 20/,
    async bring({ rollcall, on }) {
      await on();
      const fields = {
        primaryEmail: 'new.comer@sim.example',
        aliases: ['alias@sim.example'],
        suspended: false,
        archived: false,
      };
      rollcall.google().control.mutate({ do: 'add', fields });
      return 'alias@sim.example';
    },
  },
  not_activated: {
    says: /Nobody has activated this person yet/,
    bring: async ({ organization }) => (await organization.addUser('Ada', 'ada@sim.example')).email,
  },
  not_connected: { says: /No directory is connected and SCIM is off/, bring: async () => 'nobody@sim.example' },
  unknown: {
    says: /No source has mentioned this person/,
    async bring({ on }) {
      await on();
      return 'nobody@sim.example';
    },
  },
};

describeBothWays('Why is this person not here, or not active?', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 20 }, microsoft: { people: 60 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    rollcall.google().control.mutate({ do: 'unsuspend', who: 3 }, { do: 'unarchive', who: 3 });
  });
  afterEach(async () => {
    rollcall.google().control.clearFaults();
    await rollcall.stop();
  });

  const scene = (): Scene => ({
    rollcall,
    organization,
    google: (index) => String(rollcall.google().control.person(index)?.primaryEmail),
    microsoft: (nth) => {
      const people = [...rollcall.microsoft().control.everybody()].filter(
        ({ userType, mail, accountEnabled }) => userType !== 'Guest' && mail && accountEnabled === true,
      );
      return people[nth];
    },
    async on(source = 'google', more = {}) {
      if (source === 'microsoft') await organization.connectMicrosoft();
      await organization.change({ [source]: { syncUsers: true, ...more } });
      await organization.run(source as 'google');
    },
    choose: async (edit) =>
      expectStatus(await rollcall.api.patch(`${organization.path}/integrations/google`, edit), 200),
  });
  const explain = async (email: string, live = false): Promise<Body> =>
    expectStatus(
      await rollcall.api.get(`${organization.path}/explain?email=${encodeURIComponent(email)}&live=${live}`),
      200,
    );

  for (const code of VERDICT_CODES) {
    const { live = false, bring, says } = CASES[code];
    it(`${code}${live ? ', asked for live' : ''}`, async () => {
      if (code !== 'not_connected') await organization.connectGoogle();
      const calls = () => Object.values(rollcall.google().control.stats().calls).reduce((sum, each) => sum + each, 0);
      const email = await bring(scene());
      const before = calls();
      const from = Date.now();
      const { verdicts, live: asked } = await explain(email, live);
      expect(Date.now() - from).to.be.lessThan(6_500);
      if (!live) expect(calls()).to.equal(before);
      expect(asked === undefined).to.equal(!live);
      const verdict = verdicts.find((each: Body) => each.code === code);
      expect(verdict, JSON.stringify(verdicts)).not.to.equal(undefined);
      expect(verdict.sentence).to.match(says);
      expect(verdict.next).to.match(/\.$/);
    });
  }

  it('takes an id in the place of the address, and one of the two', async () => {
    const { id, email } = await organization.addUser('Ada', 'ada@sim.example');
    const byId = expectStatus(await rollcall.api.get(`${organization.path}/explain?id=${id}`), 200);
    expect(byId).to.deep.equal(await explain(email));
    for (const query of ['', `?id=${id}&email=${email}`])
      expect((await rollcall.api.get(`${organization.path}/explain${query}`)).status).to.equal(400);
    expect((await rollcall.api.get(`${organization.path}/explain?id=nobody`)).status).to.equal(404);
  });

  describe('advises nothing that is refused', () => {
    const IN_PROVIDER = /^Assign the person to the application in the identity provider, or switch SCIM off\.$/;
    const first = async (email: string) => (await explain(email)).verdicts[0];
    const act = async (id: string, action: string) =>
      expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/${action}`), 200);

    it('while SCIM is on, to activate an employee', async () => {
      await organization.addUser('Ada', 'ada@sim.example');
      for (const action of ['deactivate', 'terminate']) {
        const { id } = await organization.addActiveUser(action, `${action}@sim.example`);
        await act(id, action);
      }
      await organization.connectScim();
      for (const [who, code] of [
        ['ada', 'held_by_scim'],
        ['deactivate', 'deactivated'],
        ['terminate', 'terminated'],
      ]) {
        const verdict = await first(`${who}@sim.example`);
        expect(verdict).to.include({ code });
        expect(verdict.next).to.match(IN_PROVIDER);
      }
    });

    it('whom a source has disabled, to activate: while it is live, and only then', async () => {
      await organization.connectGoogle();
      const email = scene().google(3);
      await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
      await organization.sync();
      rollcall.google().control.mutate({ do: 'suspend', who: 3 });
      await organization.sync();
      await act((await organization.userByEmail(email)).id, 'terminate');
      const next = async () => (await explain(email)).verdicts.find(({ code }: Body) => code === 'terminated').next;
      expect(await next()).to.equal('The source that decides has to say so again.');
      await organization.change({ google: { syncUsers: false } });
      expect(await next()).to.match(/^Activate the person to rehire them/);
    });

    it('to ask SCIM or a directory about an agency user, whom both do not see', async () => {
      await organization.connectGoogle();
      const { email } = await organization.addUser('Rae', scene().google(3));
      await organization.change({ google: { syncUsers: true } });
      await organization.sync();
      await organization.change({ google: { syncUsers: false } });
      const { id: agencyId } = await organization.addAgency();
      const { id } = await organization.userByEmail(email);
      expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/agency`, { agencyId }), 200);
      await organization.change({ google: { syncUsers: true } });
      for (const enabled of [false, true]) {
        await organization.change({ scim: { enabled } });
        const { verdicts } = await explain(email);
        const reasons = verdicts.filter(({ code }: Body) => code !== 'in_conflict');
        expect(reasons.map(({ code }: Body) => code)).to.deep.equal(['not_activated']);
        expect(reasons[0].next).to.equal('Activate the person.');
      }
    });

    it('to activate a user of an archived agency', async () => {
      const { email, agency } = await organization.addUser('Rae', 'rae@sim.example', { kind: 'agency' });
      const archive = (body: object) => rollcall.api.post(`${organization.path}/agencies/${agency.id}/archive`, body);
      const { digest } = expectStatus(await archive({}), 409);
      expectStatus(await archive({ digest }), 200);
      expect((await first(email)).next).to.equal(
        'Move the person to an agency that is not archived, or make them an employee.',
      );
      await organization.connectScim();
      expect((await first(email)).next).to.equal('Move the person to an agency that is not archived.');
    });
  });
});
