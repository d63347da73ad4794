import { expect } from 'chai';
import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import { type Directory, DirectoryError, type DirectoryPage, type MembersPage } from '../../src/ports/directory.ts';
import { anonymously } from './anonymous.ts';

/** Pages read at most: a real tenant may be large. */
const MOST_PAGES = 5;
const NOBODY = 'nobody-has-this-address';

export interface DirectoryContractOptions {
  /** A group with members. */
  readonly group?: string | undefined;
  /** The people are real: nothing of them is shown when a test fails. */
  readonly real?: boolean;
}

/** What every Directory promises, told without changing anything there: it holds for simulated and for real tenants. */
export function directoryContract(open: () => Directory, options: DirectoryContractOptions = {}): void {
  const pages: DirectoryPage[] = [];
  const told = options.real ? anonymously : (work: () => Promise<void>) => work;
  const promise = (title: string, work: () => Promise<void>) => it(title, told(work));
  const people = (): readonly DirectoryPerson[] => pages.flatMap((page) => page.people);
  const somebody = (): DirectoryPerson => {
    const found = people().find(({ email }) => email !== null);
    if (!found) throw new Error('nobody with an address was listed');
    return found;
  };

  promise('passes its own test', async () => {
    const checks = await open().test();
    expect(checks.filter(({ ok }) => !ok)).to.deep.equal([]);
  });

  promise('lists people page by page, each with key, tenant, activity and hash, and nobody twice', async () => {
    for (let cursor: string | null = null; pages.length < MOST_PAGES; ) {
      const page: DirectoryPage = await open().readPage(cursor);
      pages.push(page);
      cursor = page.next;
      if (cursor === null) break;
    }
    expect(people().length).to.be.greaterThan(0);
    const keys = people().map(({ externalId }) => externalId);
    expect(new Set(keys).size).to.equal(keys.length);
    for (const { externalId, tenant, activity, hash, reasons } of people()) {
      expect(externalId).to.match(/^[\w.-]{1,128}$/);
      expect(tenant).to.match(/\S/);
      expect(activity).to.be.oneOf(['active', 'inactive', 'unknown']);
      expect(hash).to.match(/\S/);
      if (activity !== 'active') expect(reasons.length).to.be.greaterThan(0);
    }
    expect(pages.flatMap(({ failed }) => failed)).to.deep.equal([]);
  });

  promise('names the tenant that its people belong to', async () => {
    expect(await open().tenant()).to.equal(somebody().tenant);
  });

  promise('finds somebody by key and by address, as they are listed', async () => {
    const { externalId, email, activity } = somebody();
    const found = [
      await open().find(externalId),
      await open().lookUp({ externalId }),
      await open().lookUp({ email: String(email) }),
    ];
    for (const answer of found)
      expect(answer === 'gone' ? answer : answer.person).to.deep.include({ externalId, email, activity });
  });

  promise('says gone of an address that nobody has', async () => {
    const [, domain = ''] = String(somebody().email).split('@');
    expect(await open().lookUp({ email: `${NOBODY}@${domain}` })).to.equal('gone');
  });

  promise('says gone of a key that nobody has', async () => {
    const { externalId } = somebody();
    const unknown = `${externalId.slice(0, -12)}${'9'.repeat(12)}`;
    expect(await open().lookUp({ externalId: unknown })).to.equal('gone');
    expect(await open().find(unknown)).to.equal('gone');
  });

  promise('gives a reason for everybody it leaves out, with their key', async () => {
    for (const { person, code, message } of pages.flatMap(({ leftOut = [] }) => leftOut)) {
      expect(person.externalId).to.match(/^[\w.-]{1,128}$/);
      expect(code).to.be.oneOf(['guest', 'unlicensed', 'out_of_scope']);
      expect(message).to.match(/\S/);
    }
  });

  promise('says in words that a group is not there', async () => {
    const unknown = `${NOBODY}@${String(somebody().email).split('@')[1]}`;
    const error = await open()
      .readMembers(unknown, null)
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(DirectoryError);
    expect((error as DirectoryError).failure).to.equal('config');
  });

  const { group } = options;
  if (group !== undefined)
    promise('reads the members of a group, and says beforehand that it can', async () => {
      expect(await open().testGroup(group)).to.include({ name: 'group', ok: true });
      const members: string[] = [];
      const cursors: string[] = [];
      for (let cursor: string | null = null; cursors.length < MOST_PAGES; ) {
        const page: MembersPage = await open().readMembers(group, cursor);
        members.push(...page.externalIds);
        for (const notice of page.notices) expect(notice).to.match(/\S/);
        cursor = page.next;
        if (cursor === null) break;
        expect(cursors).not.to.include(cursor);
        cursors.push(cursor);
      }
      expect(members.length).to.be.greaterThan(0);
      expect(new Set(members).size).to.equal(members.length);
    });
}
