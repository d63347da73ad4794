import { expect } from 'chai';
import { importComplaints } from './architecture/import-rules.ts';
import { PACKAGES } from './architecture/layers.ts';
import { projectFiles } from './architecture/project-files.ts';
import { purityComplaints } from './architecture/purity-rules.ts';
import { type Exception, LIMITS, shapeComplaints, sizesOver } from './architecture/shape-rules.ts';
import { type SourceFacts, type Sources, sourceFacts } from './architecture/source-facts.ts';
import { textComplaints } from './architecture/text-rules.ts';

/** What may be longer than LIMITS says, how long, and why. */
const EXCEPTIONS: readonly Exception[] = [];

const RULES: readonly (readonly [string, (facts: SourceFacts) => readonly string[]])[] = [
  ['imports go in one direction', importComplaints],
  ['the core is pure, time and chance come through ports', purityComplaints],
  ['no default export, enum, class, barrel file or work at import', shapeComplaints],
];

describe('the architecture', () => {
  const files = projectFiles();
  let facts: readonly SourceFacts[] = [];
  before(function () {
    this.timeout(60_000);
    facts = sourceFacts(only(files, /\.tsx?$/));
  });

  it('is looked at as a whole', () => {
    for (const folder of ['config/', 'src/core/', 'src/ports/', 'test/'])
      expect(
        facts.filter(({ path }) => path.startsWith(folder)),
        folder,
      ).to.have.length.greaterThan(3);
    expect(facts.flatMap(({ imports }) => imports)).to.have.length.greaterThan(100);
  });

  for (const [rule, complaints] of RULES)
    it(rule, () => expect(facts.flatMap((file) => complaints(file))).to.deep.equal([]));

  it(`has files up to ${LIMITS.file} lines and functions up to ${LIMITS.function}, but for reasons given`, () => {
    const over = facts.flatMap((file) =>
      sizesOver(file)
        .filter(
          ({ what, lines }) =>
            !EXCEPTIONS.some((row) => row.path === file.path && row.what === what && lines <= row.lines),
        )
        .map(({ what, lines, line }) => `${file.path}:${line} is a ${what} of ${lines} lines, limit ${LIMITS[what]}`),
    );
    expect(over).to.deep.equal([]);
  });

  it('has no exception that is not needed any more', () => {
    const needed = ({ path, what }: Exception) =>
      facts.some((file) => file.path === path && sizesOver(file).some((size) => size.what === what));
    expect(EXCEPTIONS.filter((row) => !needed(row))).to.deep.equal([]);
  });

  it('is tied to no machine and no registry', () =>
    expect(Object.entries(files).flatMap(([path, text]) => textComplaints(path, text))).to.deep.equal([]));

  it('uses installed dependencies only', () => {
    const { dependencies } = JSON.parse(files['package.json'] ?? '') as { dependencies: { [name: string]: string } };
    const packages = [...PACKAGES.keys()].filter((name) => !name.startsWith('node:'));
    expect(Object.keys(dependencies)).to.include.members(packages);
  });
});

/** One planted breach a row: where, what, and a piece of the complaint; null: fine as it is. */
const PLANTED: readonly (readonly [string, string, RegExp | null])[] = [
  ['src/core/a.ts', `import type { User } from './user.ts';`, null],
  [
    'src/core/a.ts',
    `import type { Clock } from '../ports/clock.ts';`,
    /src\/core may not import src\/ports\/clock\.ts/,
  ],
  ['src/core/a.ts', `import { createHash } from 'node:crypto';`, /pure and may not import node:crypto/],
  ['src/core/a.ts', `import { z } from 'zod';`, /pure and may not import zod/],
  [
    'src/core/a.ts',
    `export type { B } from '../http/b.ts';\nexport const a = 1;`,
    /a\.ts:1 src\/core may not import src\/http/,
  ],
  ['src/core/a.ts', `export type A = import('../store/b.ts').B;`, /src\/core may not import src\/store/],
  ['src/core/a.ts', `export const a = () => import('../queue/b.ts');`, /src\/core may not import src\/queue/],
  ['src/core/a.ts', `export const a = () => Date.now();`, /may? ?not|does not belong here/],
  ['src/core/a.ts', `export const a = () => new Date();`, /new Date\(\) does not belong/],
  ['src/core/a.ts', `export const a = () => new Date;`, /new Date does not belong/],
  ['src/core/a.ts', `export const a = (at: string) => new Date(at);`, null],
  ['src/core/a.ts', `export const a = () => Math.random();`, /Math\.random does not belong/],
  ['src/core/a.ts', `export const a = () => process.hrtime();`, /may not use process/],
  ['src/core/a.ts', `export const a = () => globalThis['process'];`, /may not use globalThis/],
  ['src/core/a.ts', `const { env } = process;\nexport const a = env;`, /a\.ts:1 .*may not use process/],
  ['src/core/a.ts', `export const a = () => fetch('/');`, /may not use fetch/],
  ['src/core/a.ts', `export const a = (f: () => void) => setTimeout(f, 1);`, /may not use setTimeout/],
  ['src/core/a.ts', `export const a = (f: () => void) => ({ setTimeout }).setTimeout(f);`, /may not use setTimeout/],
  [
    'src/core/a.ts',
    `export interface A { process: string }\nexport const a = (b: A) => ({ process: b.process });`,
    null,
  ],
  ['src/core/a.ts', `// process.env, Date.now()\nexport const a = 'fetch(';`, null],
  ['src/ports/a.ts', `import { open } from '../store/open.ts';`, /src\/ports may not import src\/store/],
  ['src/services/a.ts', `import { sql } from '../store/sqlite/open.ts';`, /src\/services may not import src\/store/],
  ['src/services/a.ts', `import { router } from '../../scim/http/router.ts';`, /src\/services may not import scim/],
  ['src/services/a.ts', `export const a = () => Date.now();`, /Date\.now does not belong/],
  ['src/http/a.ts', `import { users } from '../../scim/users.ts';`, /src\/http may not import scim/],
  ['scim/users.ts', `import { router } from '../src/http/router.ts';`, /scim may not import src\/http/],
  ['scim/users.ts', `import scimmy from 'scimmy';`, /only scim\/schema may import scimmy/],
  ['scim/schema/a.ts', `import { Types } from 'scimmy';`, null],
  ['workers/a.ts', `import { google } from '../connectors/google/directory.ts';`, /workers may not import connectors/],
  ['workers/a.ts', `import { x } from '../scim/users.ts';`, /workers may not import scim/],
  ['src/store/sqlite/a.ts', `import { x } from '../../services/a.ts';`, /src\/store may not import src\/services/],
  ['src/store/sqlite/a.ts', `import { x } from '../mongo/a.ts';`, /may not import src\/store\/mongo/],
  ['src/store/open.ts', `import { x } from './mongo/a.ts';`, null],
  ['src/queue/a.ts', `import { loadSettings } from '../../config/load.ts';`, /src\/queue may not import config/],
  [
    'src/secrets/a.ts',
    `import { createLogger } from '../logging/logger.ts';`,
    /src\/secrets may not import src\/logging/,
  ],
  ['src/logging/a.ts', `import { x } from '../secrets/a.ts';`, /src\/logging may not import src\/secrets/],
  ['connectors/google/a.ts', `import { users } from 'googleapis/build/src/apis/admin/index.js';`, null],
  ['connectors/google/a.ts', `import { x } from '../microsoft/a.ts';`, /may not import connectors\/microsoft/],
  ['connectors/google/a.ts', `import { x } from '../shared/limiter.ts';`, null],
  ['src/services/a.ts', `import { google } from 'googleapis';`, /only connectors may import googleapis/],
  ['src/services/a.ts', `export const a = () => import('googleapis');`, /only connectors may import googleapis/],
  ['src/services/a.ts', `import pad from 'left-pad';`, /no rule says who may import left-pad/],
  [
    'src/services/a.ts',
    `import { DatabaseSync } from 'node:sqlite';`,
    /only src\/store\/sqlite may import node:sqlite/,
  ],
  [
    'src/main.ts',
    `import { x } from '../scim/users.ts';\nimport { y } from './store/open.ts';\nx(process.env, y);`,
    null,
  ],
  ['src/http/a.ts', `import { main } from '../main.ts';`, /src\/http may not import src\/main\.ts/],
  ['src/helpers/a.ts', `export const a = 1;`, /belongs to no layer/],
  ['src/services/a.ts', `import { aUser } from '../../test/fixtures.ts';`, /src\/services may not import test/],
  ['src/services/a.ts', `import { x } from '../../../elsewhere.ts';`, /outside of the project/],
  ['test/a.test.ts', `import { x } from '../src/store/open.ts';\nimport ajv from 'ajv';\ndescribe('a', x);`, null],
  ['src/http/a.ts', `export const a = process.env.PORT;`, /only src\/main\.ts reads process\.env/],
  ['src/core/a.ts', `export default function a() {}`, /default export/],
  ['src/core/a.ts', `const a = 1;\nexport default a;`, /a\.ts:2 has a default export/],
  ['src/core/a.ts', `const a = 1;\nexport { a as default };`, /default export/],
  ['src/core/a.ts', `export enum A { b }`, /enum/],
  ['src/core/a.ts', `export class A { b = 1; }`, /class that is no error/],
  ['src/core/a.ts', `export class AppError extends Error {}`, null],
  ['src/core/a.ts', `export const a = (b: number) => { switch (b) { default: return 1; } };`, null],
  ['src/core/index.ts', `export * from './a.ts';\nexport { b } from './b.ts';`, /only passes on/],
  ['src/http/a.ts', `import { listen } from './b.ts';\nlisten();`, /a\.ts:2 does work at import/],
  ['src/http/a.ts', `if (1) { }`, /does work at import/],
];

describe('the architecture test itself', () => {
  let planted: readonly SourceFacts[] = [];
  before(() => {
    planted = sourceFacts(Object.fromEntries(PLANTED.map(([path, text], index) => [`${index}/${path}`, text])));
  });

  for (const [index, [path, text, expected]] of PLANTED.entries())
    it(`${expected ? 'refuses' : 'accepts'} ${text.replaceAll('\n', ' ')} in ${path}`, () => {
      const file = planted[index];
      const complaints = file ? RULES.flatMap(([, rule]) => rule({ ...file, path })) : ['not read'];
      if (expected) expect(complaints.join('\n')).to.match(expected);
      else expect(complaints).to.deep.equal([]);
    });

  it('measures files, functions and closures', () => {
    const lines = (count: number) => '  void 0;\n'.repeat(count);
    const inner = `  const b = () => {\n${lines(30)}  };\n`;
    const examples: readonly (readonly [string, readonly object[]])[] = [
      [`export function a() {\n${lines(38)}}\n`, []],
      [`/** doc\n */\nexport function a() {\n${lines(39)}}\n`, [{ what: 'function', lines: 41, line: 3 }]],
      [`export function a() {\n${inner.repeat(3)}}\n`, []],
      [`export function a() {\n${inner.repeat(5)}}\n`, [{ what: 'closure', lines: 162, line: 1 }]],
      ['export const a = 1;\n'.repeat(200), []],
      ['export const a = 1;\n'.repeat(201), [{ what: 'file', lines: 201, line: 1 }]],
    ];
    const files = sourceFacts(Object.fromEntries(examples.map(([text], index) => [`src/core/${index}.ts`, text])));
    expect(files.map(sizesOver)).to.deep.equal(examples.map(([, sizes]) => sizes));
  });

  for (const [text, tied] of [
    [`see /${'work'}/main/src`, true],
    [`"/${'root'}/.npmrc"`, true],
    [`cd /${'home'}/ada/rollcall`, true],
    [`https://registry.${'npm'}js.org/x`, true],
    [`proxy ${'artifact'}ory.example.com`, true],
    [`"${'resolved'}": "https://example.com/a.tgz"`, true],
    [`GET /scim/v2/acme/Users/1, emails[type eq "work"], ./work/, npm ci, /Users/ada/, home/page`, false],
  ] as const)
    it(`${tied ? 'finds' : 'finds nothing in'} ${text}`, () =>
      expect(textComplaints('a.md', text).length > 0).to.equal(tied));
});

function only(files: Sources, pattern: RegExp): Sources {
  return Object.fromEntries(Object.entries(files).filter(([path]) => pattern.test(path)));
}
