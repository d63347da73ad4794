import { expect } from 'chai';
import { planOwnServer, planServer } from './plan-server.ts';
import type { ServerFacts } from './server-facts.ts';

const BARE: ServerFacts = {
  url: null,
  program: null,
  folder: '/cache/server',
  isSetUp: false,
  lacking: [],
  isRoot: true,
  mayInstall: true,
};
const URL_GIVEN = 'mongodb://127.0.0.1:27017';
const URL = { url: URL_GIVEN };
const PROGRAM = { program: '/usr/bin/mongod' };
const SET_UP = { isSetUp: true };
const NOT_ROOT = { isRoot: false, lacking: ['to be root'] };
const OFF = { mayInstall: false };

const EXAMPLES: readonly (readonly [string, Partial<ServerFacts>, object])[] = [
  ['a URL before all else', { ...URL, ...PROGRAM, ...SET_UP }, { use: 'url', url: URL_GIVEN }],
  ['a program on PATH before a set-up', { ...PROGRAM, ...SET_UP }, { use: 'program', program: '/usr/bin/mongod' }],
  ['a set-up of earlier', SET_UP, { use: 'set-up', folder: '/cache/server' }],
  ['a set-up of earlier where none may be made', { ...SET_UP, ...OFF }, { use: 'set-up', folder: '/cache/server' }],
  ['a program where nothing may be set up', { ...PROGRAM, ...OFF }, { use: 'program', program: '/usr/bin/mongod' }],
  ['a new set-up at last', {}, { use: 'install', folder: '/cache/server' }],
];

describe('the plan for a test server', () => {
  for (const [choice, facts, plan] of EXAMPLES)
    it(`takes ${choice}`, () => expect(planServer('mongo', { ...BARE, ...facts })).to.deep.equal(plan));

  for (const [when, facts, says] of [
    ['it may not install', OFF, /ROLLCALL_TEST_SERVERS to be other than "off"/],
    ['a tool is lacking', { lacking: ['go on PATH'] }, /go on PATH/],
    ['only root could start it', { ...SET_UP, ...NOT_ROOT }, /to be root/],
  ] as const)
    it(`says what to do in one line when ${when}`, () => {
      const plan = planServer('mongo', { ...BARE, ...facts });
      if (plan.use !== 'nothing') throw new Error(`it takes ${plan.use}`);
      expect(plan.because)
        .to.match(says)
        .and.to.match(/docker run .*mongo:8.*MONGODB_TEST_URL=/);
      expect(plan.because).not.to.include('\n');
    });

  it('lets anybody start a Redis that was set up', () =>
    expect(planServer('redis', { ...BARE, ...SET_UP, ...NOT_ROOT }).use).to.equal('set-up'));

  it('never takes a URL for a server to be killed', () => {
    expect(planOwnServer('mongo', { ...BARE, ...URL, ...SET_UP }).use).to.equal('set-up');
    const none = planOwnServer('mongo', { ...BARE, ...URL, ...OFF });
    expect(none)
      .to.have.property('because')
      .that.matches(/127\.0\.0\.1:27017 is not ours to kill/);
  });
});
