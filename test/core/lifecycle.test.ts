import { expect } from 'chai';
import { applyTransition, TRANSITIONS, transitionOf } from '../../src/core/lifecycle.ts';
import type { Access, Grant, Status } from '../../src/core/user.ts';
import { afterWord, aPerson, manual, outcomeOf, settingsWith } from './records.ts';

const OFF = settingsWith([]);
const scope = { kind: 'organization', id: 'organization-1' } as const;
const interviewer: Grant = { role: 'interviewer', scope };
const recruiter: Grant = { role: 'recruiter', scope };
const BUSY: Access = { level: 'elevated', roles: [interviewer], dormantRoles: [recruiter], pools: ['pool'] };

const enabled = manual({ enabled: true });
const disabled = manual({ enabled: false });
const terminated = manual({ enabled: false, terminated: true });
const active = (access: Access = BUSY) => ({ ...aPerson(OFF, [enabled]), access });

describe('§2.4 → deactivated', () => {
  const { user, effects } = outcomeOf(active(), disabled, OFF);

  it('§2.4 leaves all interviewer pools', () => expect(user.access.pools).to.deep.equal([]));
  it('§2.4 level becomes limited', () => expect(user.access.level).to.equal('limited'));
  it('§2.4 roles are kept but dormant', () => {
    expect(user.access.roles).to.deep.equal([]);
    expect(user.access.dormantRoles).to.have.deep.members([recruiter, interviewer]);
  });
  it('§2.4 booked interviews show as "to reschedule"', () => expect(effects).to.include('interviews_to_reschedule'));
  it('§2.4 sessions end', () => expect(effects).to.include('sessions_end'));
  it('§2.4 an admin is one no longer', () =>
    expect(afterWord(active({ ...BUSY, level: 'admin' }), disabled, OFF).access.level).to.equal('limited'));
  it('§2.4 whoever was never active loses nothing the host must carry out', () => {
    const outcome = outcomeOf(aPerson(OFF, [manual()]), disabled, OFF);
    expect(outcome.effects).to.deep.equal([]);
  });
});

describe('§2.4 → terminated', () => {
  const { user, effects } = outcomeOf(active(), terminated, OFF);

  it('§2.4 as deactivated', () => {
    expect([user.status, user.access.level, user.access.pools]).to.deep.equal(['terminated', 'limited', []]);
    expect(effects).to.include.members(['pools_left', 'level_limited', 'interviews_to_reschedule', 'sessions_end']);
  });
  it('§2.4 and roles (dormant ones too) are erased', () => {
    expect(user.access.roles).to.deep.equal([]);
    expect(user.access.dormantRoles).to.deep.equal([]);
  });
  it('§2.4 terminating somebody deactivated erases the dormant roles, and ends nothing twice', () => {
    const left = afterWord(active(), disabled, OFF);
    const outcome = outcomeOf(left, terminated, OFF);
    expect(outcome.user.access.dormantRoles).to.deep.equal([]);
    expect(outcome.effects).to.deep.equal(['roles_erased']);
  });
});

describe('§2.4 deactivated or terminated → active', () => {
  for (const [from, record] of [
    ['deactivated', disabled],
    ['terminated', terminated],
  ] as const)
    it(`§2.4 ${from} → active comes back with limited access`, () => {
      const returned = afterWord(afterWord(active(), record, OFF), enabled, OFF);
      expect(returned.access.level).to.equal('limited');
      expect([returned.access.roles, returned.access.pools]).to.deep.equal([[], []]);
    });

  it('§2.4 a deactivated person comes back with their roles dormant', () => {
    const returned = afterWord(afterWord(active(), disabled, OFF), enabled, OFF);
    expect(returned.access.dormantRoles).to.have.deep.members([recruiter, interviewer]);
  });

  it('§2.4 a first activation has no effects', () =>
    expect(outcomeOf(aPerson(OFF, [manual()]), enabled, OFF).effects).to.deep.equal([]));
});

describe('§2.4 changes of level and kind', () => {
  it('§2.4 set level elevated: dormant roles are restored', () => {
    const { access, effects } = applyTransition({ ...BUSY, roles: [], dormantRoles: [interviewer] }, 'elevated', true);
    expect([access.roles, access.dormantRoles, effects]).to.deep.equal([[interviewer], [], ['roles_restored']]);
  });
  it('§2.4 agency user → employee: agency link removed, level limited, pools left, own roles dormant', () => {
    const { access, effects } = applyTransition(BUSY, 'to_employee', true);
    expect(access.level).to.equal('limited');
    expect([access.pools, access.roles]).to.deep.equal([[], []]);
    expect(access.dormantRoles).to.have.deep.members([recruiter, interviewer]);
    expect(effects).to.include.members(['agency_left', 'interviews_to_reschedule']);
  });
  it('§2.4 employee → agency user: agency set, level limited, pools left, own roles dormant', () => {
    const { access, effects } = applyTransition(BUSY, 'to_agency', true);
    expect([access.level, access.pools, access.roles]).to.deep.equal(['limited', [], []]);
    expect(access.dormantRoles).to.have.deep.members([recruiter, interviewer]);
    expect(effects).to.include.members(['agency_set', 'interviews_to_reschedule']);
  });
});

describe('§2.4 effects and the document', () => {
  it('§2.4 effects are saved in the same document write as the status', () => {
    const before = active();
    const { user } = outcomeOf(before, disabled, OFF);
    expect(user.version).to.equal(before.version + 1);
    expect([user.status, user.access.level]).to.deep.equal(['deactivated', 'limited']);
  });

  it('§2.4 who loses the last word for them is unprovisioned, and as powerless as anybody who is not active', () => {
    const { user } = outcomeOf(active(), manual(), OFF);
    expect(user.status).to.equal('unprovisioned');
    expect([user.access.level, user.access.roles, user.access.pools]).to.deep.equal(['limited', [], []]);
  });

  it('§2.4 every change of status that has effects is in the table', () => {
    const statuses: readonly Status[] = ['unprovisioned', 'active', 'deactivated', 'terminated'];
    for (const from of statuses)
      for (const to of statuses) {
        const transition = transitionOf(from, to);
        expect(transition === null || transition in TRANSITIONS, `${from} → ${to}`).to.equal(true);
        if (from === to) expect(transition).to.equal(null);
        if (from === 'active' && to !== 'active')
          expect(TRANSITIONS[transition ?? 'returned']).to.include('sessions_end');
      }
  });

  it('§2.4 nobody who is not active keeps level, roles or pools, whichever way they left', () => {
    for (const record of [disabled, terminated, manual()]) {
      const { access } = afterWord(active({ ...BUSY, level: 'admin' }), record, OFF);
      expect([access.level, access.roles, access.pools]).to.deep.equal(['limited', [], []]);
    }
  });
});
