import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { envExample } from '../../config/env-example.ts';
import { loadSettings } from '../../config/load.ts';
import { SETTINGS } from '../../config/settings.ts';

const file = readFileSync(new URL('../../config/env.example', import.meta.url), 'utf8');

describe('config/env.example', () => {
  it('is what the table of settings says (npm run env-example writes it)', () => expect(file).to.equal(envExample()));

  it('names every setting once and carries no secret', () => {
    const lines = file.split('\n').filter((line) => /^#[A-Z_]+=/.test(line));
    expect(lines.map((line) => line.slice(1, line.indexOf('=')))).to.deep.equal(
      Object.values(SETTINGS).map(({ env }) => env),
    );
    for (const { env, secret } of Object.values(SETTINGS)) if (secret) expect(lines).to.include(`#${env}=`);
  });

  it('shows defaults that load', () => {
    const lines = file.split('\n').flatMap((line) => /^#([A-Z_]+)=(.+)$/.exec(line)?.slice(1, 3) ?? []);
    const env = Object.fromEntries(lines.flatMap((name, index) => (index % 2 ? [] : [[name, lines[index + 1] ?? '']])));
    expect(Object.keys(env)).to.have.length.greaterThan(3);
    expect(loadSettings(env)).to.deep.equal(loadSettings({}));
  });
});
