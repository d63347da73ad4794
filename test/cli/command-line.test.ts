import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runRollcall } from './run-rollcall.ts';

const HIDDEN = 'mongodb://ada:hunter2@127.0.0.1:1/rollcall';

/** What is typed, and the only line it is answered with. */
const UNUSABLE: readonly (readonly [readonly string[], RegExp])[] = [
  [['move-everything'], /^there is no such command; known: migrate-store$/],
  [['migrate-store', `--form=${HIDDEN}`], /^migrate-store does not know the option --form; see .* --help$/],
  [['migrate-store', HIDDEN], /^migrate-store takes options only/],
  [['migrate-store', '--from'], /^migrate-store cannot read the value of --from/],
  [['migrate-store', '--to', HIDDEN], /^--from is missing/],
  [['migrate-store', '--from', HIDDEN], /^--to is missing/],
  [['migrate-store', '--from', HIDDEN, '--to', HIDDEN], /^--from and --to are the same store$/],
  [['migrate-store', '--from', 'mongodb://ada:hunter2/3@h/db', '--to', 'x'], /^--from is no usable mongodb:\/\/ URL/],
  [['migrate-store', '--from', 'redis://ada:hunter2@h/db', '--to', 'x'], /^--from is no usable mongodb:\/\/ URL/],
  [
    ['migrate-store', '--from', 'no-such-folder', '--to', HIDDEN],
    /^the folder .*no-such-folder holds no embedded store/,
  ],
];

describe('the rollcall command', function () {
  this.timeout(20_000);
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rollcall-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('says what it can do', async () => {
    const overview = await runRollcall(['--help']);
    expect(overview).to.include({ code: 0, complained: '' });
    expect(overview.said).to.match(/\n {2}migrate-store {2}\w/);
    const { code, said } = await runRollcall(['migrate-store', '--help']);
    expect(code).to.equal(0);
    expect(said).to.match(/--from <.*>.*\n.*--to </);
  });

  it('shows the same, as a complaint, when nothing was asked for', async () => {
    const { code, said, complained } = await runRollcall([]);
    expect({ code, said }).to.deep.equal({ code: 2, said: '' });
    expect(complained).to.equal((await runRollcall(['--help'])).said);
  });

  for (const [words, sentence] of UNUSABLE)
    it(`answers "${words.join(' ')}" with one sentence, exit code 2 and no credentials`, async () => {
      const { code, said, complained } = await runRollcall(words);
      expect({ code, said }).to.deep.equal({ code: 2, said: '' });
      expect(complained.trimEnd()).to.match(sentence);
      expect(complained.trimEnd()).not.to.match(/\n|ada|hunter2/);
      expect(existsSync('x')).to.equal(false);
    });

  it('tells a store that cannot be reached without its credentials, exit code 1', async () => {
    const { code, said, complained } = await runRollcall(['migrate-store', '--from', HIDDEN, '--to', directory]);
    expect(code).to.equal(1);
    expect(complained).to.match(/\S/);
    expect(said + complained).not.to.match(/ada|hunter2/);
  });
});
