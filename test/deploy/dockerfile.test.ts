import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../../config/load.ts';
import { SETTINGS } from '../../config/settings.ts';
import { copiedFiles, execForm, imageEnvironment, instructionsOf, ROOT, textOf } from './files.ts';

const INSTRUCTIONS = instructionsOf(textOf('deploy/Dockerfile'));
const ignored = textOf('.dockerignore').split('\n');

const restOf = (name: string): readonly string[] =>
  INSTRUCTIONS.filter((instruction) => instruction.name === name).map(({ rest }) => rest);

describe('deploy/Dockerfile', () => {
  it('is made of instructions that exist', () => {
    const known = 'FROM WORKDIR COPY RUN ENV USER EXPOSE STOPSIGNAL HEALTHCHECK CMD'.split(' ');
    expect(INSTRUCTIONS.map(({ name }) => name)).to.have.length.greaterThan(10);
    expect(known).to.include.members(INSTRUCTIONS.map(({ name }) => name));
  });

  it('copies what exists and what .dockerignore lets through, and .dockerignore lets nothing else through', () => {
    const [first] = restOf('COPY');
    const sources = [...(first?.split(' ').slice(0, -1) ?? []), ...copiedFiles(INSTRUCTIONS).map(([source]) => source)];
    for (const source of sources) expect(existsSync(join(ROOT, source)), source).to.equal(true);
    expect(ignored).to.include('*');
    const passed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect([...new Set(sources.map((source) => source.replace('./', '')))].sort()).to.deep.equal(passed.sort());
  });

  it('installs from the lock file, for production only, and runs no script of a package', () =>
    expect(restOf('RUN')).to.include('npm ci --omit=dev --omit=optional --ignore-scripts'));

  it('is of the Node that Rollcall needs', () => {
    const { engines } = JSON.parse(textOf('package.json')) as { readonly engines: { readonly node: string } };
    const needed = Number(/\d+/.exec(engines.node)?.[0]);
    for (const from of restOf('FROM')) expect(Number(/^node:(\d+)-slim\b/.exec(from)?.[1])).to.be.at.least(needed);
  });

  it('runs as somebody without rights, by number, and puts no secret into a layer', () => {
    expect(INSTRUCTIONS.findLast(({ name }) => name === 'USER')?.rest).to.equal('1000:1000');
    const secret = Object.values(SETTINGS).flatMap(({ env, secret: isSecret }) => (isSecret ? [env] : []));
    expect(secret.filter((env) => INSTRUCTIONS.some(({ rest }) => rest.includes(env)))).to.deep.equal([]);
  });

  it('sets only what Rollcall reads, and as it may be', () => {
    const { NODE_ENV, ...ours } = imageEnvironment(INSTRUCTIONS);
    expect(NODE_ENV).to.equal('production');
    expect(Object.values(SETTINGS).map(({ env }) => env)).to.include.members(Object.keys(ours));
    expect(loadSettings(ours)).to.include({ host: '0.0.0.0', port: 3000, workerPort: 3000, dataDir: '/data' });
    expect(restOf('EXPOSE')).to.deep.equal(['3000']);
  });

  it('starts as npm start does, without npm, and is told to stop by the signal that Rollcall hears', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: { readonly start: string } };
    expect(execForm(INSTRUCTIONS, 'CMD').join(' ')).to.equal(scripts.start.replace('-r ./src/require-node.cjs ', ''));
    expect(restOf('STOPSIGNAL')).to.deep.equal(['SIGTERM']);
  });
});
