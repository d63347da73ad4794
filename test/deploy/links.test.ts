import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { ROOT, textOf } from './files.ts';

const IN_DOCS = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`);
const PAGES = ['README.md', 'CONTRIBUTING.md', 'bench/README.md', ...IN_DOCS].filter((page) => page.endsWith('.md'));

/** Where a page leads to, within the project. */
const linksOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => String(link)).filter((link) => !/^\w+:/.test(link));

/** Places of a page as its host names them: words of headings, joined by hyphens. */
const anchorsOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || (statSync(join(ROOT, target)).isFile() && anchorsOf(target).includes(anchor));
}

describe('the pages of the documentation', () => {
  for (const page of PAGES)
    it(`lead to what is there: ${page}`, () => {
      expect(linksOf(page).filter((link) => !isThere(page, link))).to.deep.equal([]);
    });
});
