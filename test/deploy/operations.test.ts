import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SETTINGS } from '../../config/settings.ts';
import { SETTINGS_RULES } from '../../config/settings-rules.ts';
import { runCommand } from '../../src/cli/run-command.ts';
import { healthRoutes } from '../../src/http/routes/health.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { AGENCIES } from '../../src/store/mongo/agencies.ts';
import { API_KEY_COLLECTIONS } from '../../src/store/mongo/api-keys.ts';
import { BULK_COLLECTIONS } from '../../src/store/mongo/bulks.ts';
import { CATALOG_COLLECTIONS } from '../../src/store/mongo/catalog-schema.ts';
import { DIRECTORY_GROUP_COLLECTIONS } from '../../src/store/mongo/directory-groups.ts';
import { GROUP_MAPPING_COLLECTIONS } from '../../src/store/mongo/group-mappings.ts';
import { DOUBTED_INTERVIEWS, INTERVIEW_COLLECTIONS, UNTOLD_INTERVIEWS } from '../../src/store/mongo/interviews.ts';
import { KEPT_ANSWER_COLLECTIONS } from '../../src/store/mongo/kept-answers.ts';
import { RUN_TIMES } from '../../src/store/mongo/prune-runs.ts';
import {
  FIRST_COLLECTIONS,
  HISTORY_COLLECTIONS,
  IMPORT_COLLECTIONS,
  SYNC_COLLECTIONS,
} from '../../src/store/mongo/schema.ts';
import { FOUND_BY_INDEXES, SEEN_INDEXES, USERS } from '../../src/store/mongo/user-schema.ts';
import { ROOT, textOf } from './files.ts';

const SETTING_NAMES: readonly string[] = Object.values(SETTINGS).map(({ env }) => env);
/** Words in capitals that look like variables: Node's own, and what the reader fills in. */
const OTHERS = ['NODE_EXTRA_CA_CERTS', 'ORG', 'MONGODB_TEST_URL', 'REDIS_TEST_URL', 'ROLLCALL_TEST_SERVERS'];
const PAGES = ['docs/operations.md', 'README.md', 'CONTRIBUTING.md'];
const OPERATIONS = textOf('docs/operations.md');

const found = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match.slice(1).find(Boolean) ?? match[0])),
];

for (const page of PAGES)
  describe(page, () => {
    const text = textOf(page);

    it('names npm scripts that exist', () => {
      const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: object };
      const named = found(text, /npm run ([a-z][\w-]*)/g);
      expect(named).to.have.length.greaterThan(0);
      expect(Object.keys(scripts)).to.include.members(named);
    });

    it('links to files that exist', () => {
      const links = found(text, /\]\(([^)#]+)\)|src="([^"]+)"/g).filter((link) => !/^https?:/.test(link));
      for (const link of links) expect(existsSync(join(ROOT, page, '..', link)), link).to.equal(true);
    });

    it('names settings that exist', () => {
      const named = found(text, /\b(?:ROLLCALL|MONGODB|REDIS|GOOGLE|NODE|LOG)_[A-Z_]+\b/g);
      expect([...SETTING_NAMES, ...OTHERS]).to.include.members([...named]);
    });

    it('names requests that exist', () => {
      const paths = [...ROUTES, ...healthRoutes].map(({ path }) => path.replace(/:\w+/g, '*'));
      const named = found(text, /(?<=[\s`"\d])(\/(?:api|health)\/[\w/{}$-]+(?:\.\w+)?)/g);
      const patterns = named.map((path) => path.replace(/\{\w+\}|\$\w+/g, '*'));
      expect(paths).to.include.members(patterns);
    });
  });

describe('docs/operations.md, fact by fact', () => {
  it('names every index of MongoDB in the row of its collection, and no other', () => {
    const rows = OPERATIONS.split('\n').filter((line) => line.startsWith('|') && /`\w+_\w+`/.test(line));
    const named = found(rows.join('\n'), /`([a-z]+_[a-z_]+)`/g);
    const later = [
      ...AGENCIES,
      ...BULK_COLLECTIONS,
      ...HISTORY_COLLECTIONS,
      ...CATALOG_COLLECTIONS,
      ...GROUP_MAPPING_COLLECTIONS,
      ...DIRECTORY_GROUP_COLLECTIONS,
      ...RUN_TIMES,
      ...KEPT_ANSWER_COLLECTIONS,
      ...INTERVIEW_COLLECTIONS,
      ...UNTOLD_INTERVIEWS,
      ...DOUBTED_INTERVIEWS,
      { name: USERS, indexes: [...FOUND_BY_INDEXES, ...SEEN_INDEXES] },
    ];
    const declared = [
      ...FIRST_COLLECTIONS,
      ...SYNC_COLLECTIONS,
      ...IMPORT_COLLECTIONS,
      ...later,
      ...API_KEY_COLLECTIONS,
    ];
    const indexes = declared.flatMap((collection) => collection.indexes.map(({ name }) => name));
    const collections = declared.map(({ name }) => name);
    expect(named).to.include.members(indexes);
    expect([...indexes, ...collections]).to.include.members([...named]);
    for (const name of collections) expect(OPERATIONS).to.match(new RegExp(`^\\|.*\`${name}\``, 'm'));
  });

  it('gives the defaults that hold', () => {
    expect(OPERATIONS).to.include(`\`MONGODB_POOL_SIZE\` (${SETTINGS.mongodbPoolSize.fallback})`);
    expect(SETTINGS.role.fallback).to.equal('all');
    expect(OPERATIONS).to.include('| `all` (default) |');
  });

  it('says which roles need what, as the settings demand', () => {
    const [needsBoth] = SETTINGS_RULES;
    expect(needsBoth?.mistake).to.include('ROLLCALL_ROLE other than all needs MONGODB_URL and REDIS_URL');
    for (const role of ['api', 'worker'])
      expect(OPERATIONS).to.match(new RegExp(`^\\| \`${role}\` .*MongoDB and Redis \\|$`, 'm'));
  });

  it('calls migrate-store with options it has', async () => {
    const said: string[] = [];
    const status = await runCommand(['migrate-store', '--help'], {
      say: (line) => said.push(line),
      complain: (line) => said.push(line),
    });
    const options = found(/migrate-store (--.*)$/m.exec(OPERATIONS)?.[1] ?? '', /(--\w+)/g);
    expect(options).to.deep.equal(['--from', '--to']);
    expect(status).to.equal(0);
    for (const option of options) expect(said.join('\n')).to.include(option);
  });

  it('asks Kubernetes for as much time as a process may take to stop', () => {
    const drain = Number(/ROLLCALL_DRAIN_MS=(\d+)/.exec(OPERATIONS)?.[1]);
    const grace = Number(/terminationGracePeriodSeconds: (\d+)/.exec(OPERATIONS)?.[1]);
    expect(drain).to.be.greaterThan(0);
    expect(grace * 1_000).to.be.at.least(drain + 35_000);
  });
});
