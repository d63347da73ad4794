import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../../config/load.ts';
import { SETTINGS } from '../../config/settings.ts';
import { imageEnvironment, instructionsOf, ROOT, textOf, yamlBlocks } from './files.ts';

const COMPOSE = textOf('deploy/compose.yaml');
const SETTING_NAMES: readonly string[] = Object.values(SETTINGS).map(({ env }) => env);

/** Variables that belong to the images of the others, and to the file's own reader. */
const OTHERS = [
  'HOME',
  'MONGO_INITDB_ROOT_PASSWORD',
  'MONGO_INITDB_ROOT_USERNAME',
  'MONGO_PASSWORD',
  'MONGO_ROOT_PASSWORD',
  'REDIS_PASSWORD',
  'REDISCLI_AUTH',
];

/** What somebody may write into .env. */
const SECRETS = {
  ROLLCALL_PUBLIC_URL: 'https://people.example.com',
  ROLLCALL_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  ROLLCALL_OPERATOR_KEY: 'a1'.repeat(32),
  MONGO_ROOT_PASSWORD: 'b2'.repeat(32),
  MONGO_PASSWORD: 'c3'.repeat(32),
  REDIS_PASSWORD: 'd4'.repeat(32),
};

const DRAIN_MS = Number(/ROLLCALL_DRAIN_MS: (\d+)/.exec(COMPOSE)?.[1]);
const services = yamlBlocks(COMPOSE, 'services');
const block = (name: string): string => services.get(name) ?? '';
const extension = (name: string): string => new RegExp(`^${name}: .*\\n(?: .*\\n)+`, 'm').exec(COMPOSE)?.[0] ?? '';

/** The environment of a process of ours as the file composes it for a role, substituted, on top of the image's. */
function environmentOf(service: string): { readonly [name: string]: string } {
  const lines = `${extension('x-environment')}\n${block(service)}`.matchAll(/^ +([A-Z][A-Z0-9_]+): (.+)$/gm);
  const substituted = [...lines].map(([, name, value]) => [name, substitute(value ?? '')]);
  return { ...imageEnvironment(instructionsOf(textOf('deploy/Dockerfile'))), ...Object.fromEntries(substituted) };
}

const substitute = (text: string): string =>
  text.replace(/\$\{(\w+):\?[^}]*\}/g, (_all, name: keyof typeof SECRETS) => SECRETS[name]);

describe('deploy/compose.yaml', () => {
  it('has two processes that answer, two that work, a proxy, MongoDB and Redis', () => {
    expect([...services.keys()]).to.deep.equal(['api-1', 'api-2', 'worker', 'proxy', 'mongo', 'mongo-init', 'redis']);
    expect(block('api-2')).to.include('<<: *api\n');
    expect(block('worker')).to.include('replicas: 2');
  });

  it('knows no secret: each must be given, and nothing starts without', () => {
    const references = [...COMPOSE.replace(/^ *#.*$/gm, '').matchAll(/(?<!\$)\$\{?(\w+)([^}\n]*)/g)];
    expect(references).to.have.length.greaterThan(6);
    for (const [text, name, rest] of references) {
      expect(SECRETS, text).to.have.property(name ?? '');
      expect(rest, text).to.match(/^:\?./);
    }
    expect(COMPOSE).not.to.match(/^ *[A-Z_]*(?:PASSWORD|KEY): *(?!\$\{)\S/m);
  });

  it('names only variables that somebody reads', () => {
    const names = [...COMPOSE.matchAll(/^ +([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name ?? '');
    expect(names).to.include.members(['ROLLCALL_ROLE', 'MONGODB_URL', 'REDIS_URL', 'ROLLCALL_DRAIN_MS']);
    expect(names.filter((name) => !SETTING_NAMES.includes(name) && !OTHERS.includes(name))).to.deep.equal([]);
  });

  for (const [service, role] of [
    ['api-1', 'api'],
    ['worker', 'worker'],
  ] as const)
    it(`gives ${service} settings that Rollcall starts with, in the role ${role}`, () => {
      const settings = loadSettings(environmentOf(service));
      expect(settings).to.include({ role, host: '0.0.0.0', publicUrl: SECRETS.ROLLCALL_PUBLIC_URL });
      expect(settings.mongodbUrl).to.equal(
        `mongodb://rollcall:${SECRETS.MONGO_PASSWORD}@mongo:27017/rollcall?replicaSet=rs0`,
      );
      expect(settings.redisUrl).to.equal(`redis://:${SECRETS.REDIS_PASSWORD}@redis:6379/0`);
    });

  it('leaves every process no more rights than it needs', () => {
    const hardened = extension('x-hardened');
    for (const line of [
      'read_only: true',
      'cap_drop: [ALL]',
      "security_opt: ['no-new-privileges:true']",
      'tmpfs: [/tmp]',
    ])
      expect(hardened).to.include(`  ${line}\n`);
    expect(hardened).to.include('restart: unless-stopped');
    expect(extension('x-rollcall')).to.include('<<: *hardened');
    for (const [name, text] of services) expect(text, name).to.match(/<<: \*(?:hardened|rollcall|api)\n/);
    expect(COMPOSE).not.to.match(/privileged|network_mode|docker\.sock/);
    for (const name of ['mongo', 'redis']) expect(block(name), name).to.include('networks: [inside]');
    expect([...services].filter(([, text]) => text.includes('ports:')).map(([name]) => name)).to.deep.equal(['proxy']);
  });

  it('waits for the databases, and longer for the end of a process than that may take', () => {
    expect(extension('x-rollcall')).to.include('mongo-init: { condition: service_completed_successfully }');
    expect(extension('x-rollcall')).to.include('redis: { condition: service_healthy }');
    for (const name of ['mongo', 'redis']) expect(block(name), name).to.include('healthcheck:');
    const grace = Number(/stop_grace_period: (\d+)s/.exec(extension('x-rollcall'))?.[1]);
    expect(DRAIN_MS).to.be.greaterThan(0);
    expect(grace * 1_000).to.be.at.least(DRAIN_MS + 35_000);
  });

  it('has a Redis that keeps what it is given', () => {
    for (const option of ['--appendonly yes', '--appendfsync everysec', '--maxmemory-policy noeviction'])
      expect(block('redis')).to.include(option);
  });

  it('mounts files that exist, and volumes it declares', () => {
    const mounts = [...COMPOSE.matchAll(/[ '[]((?:\.\/)?[\w.-]+):\/\w[\w/.-]*/g)].map(([, source]) => source ?? '');
    const declared = [...yamlBlocks(COMPOSE, 'volumes').keys()];
    expect(mounts).to.include.members(['./Caddyfile', './mongo-init.js', 'mongo-data', 'redis-data']);
    for (const source of mounts)
      if (source.startsWith('./')) expect(existsSync(join(ROOT, 'deploy', source)), source).to.equal(true);
      else expect(declared).to.include(source);
  });

  it('has a proxy that asks each process of the role api whether it is ready', () => {
    const caddyfile = textOf('deploy/Caddyfile');
    const answering = [...services.keys()].filter((name) => name.startsWith('api-'));
    expect(caddyfile).to.include(`reverse_proxy ${answering.map((name) => `${name}:3000`).join(' ')} {`);
    expect(caddyfile).to.include('health_uri /health/ready');
    const interval = Number(/health_interval (\d+)s/.exec(caddyfile)?.[1]);
    expect(interval * 2_000, 'two looks within the time of draining').to.be.below(DRAIN_MS);
  });

  const { status } = spawnSync('docker', ['compose', 'version'], { timeout: 10_000 });
  const missing = status === 0 ? '' : ', skipped because docker compose is not installed';
  (missing ? it.skip : it)(`is understood by docker compose${missing}`, () => {
    const run = (env: object) =>
      spawnSync('docker', ['compose', '--file', join(ROOT, 'deploy/compose.yaml'), 'config', '--quiet'], {
        env: { PATH: process.env.PATH, ...env },
        encoding: 'utf8',
        timeout: 20_000,
      });
    expect(run(SECRETS)).to.include({ status: 0, stderr: '' });
    const { ROLLCALL_SECRET_KEY: _, ...others } = SECRETS;
    expect(run(others).status).not.to.equal(0);
    expect(run(others).stderr).to.include('ROLLCALL_SECRET_KEY');
  });
});
