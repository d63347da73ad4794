import { AppError } from '../../src/core/errors.ts';
import { fold } from '../../src/core/fold.ts';
import { seenByScim } from '../../src/core/scim-view.ts';
import { tagOf } from '../../src/core/tags.ts';
import type { SourceName, Status, User } from '../../src/core/user.ts';
import type { UserStore } from '../../src/ports/user-store.ts';
import { cursorOf, keyIn } from '../../src/store/list-cursor.ts';
import { satisfies } from './conditions.ts';
import { type Entry, isVisible, keyClaim } from './entry.ts';
import { inOrder, listForScim } from './scim-lists.ts';
import type { Tables } from './tables.ts';

const foreignCursor = () => new AppError('invalid', 'this cursor was not given out by this list');

/** Everything that reads: lists, lookups by what people claim, and the scans of sweeps and runs. */
export function createUserLookups(
  everybody: (organization: string) => readonly Entry[],
  holderOf: (organization: string, claim: string) => User | null,
  { runs }: Pick<Tables, 'runs'>,
): Omit<UserStore, 'get' | 'save' | 'saveMany'> {
  const select = (organization: string, accepts: (entry: Entry) => boolean): User[] =>
    everybody(organization)
      .filter(accepts)
      .map(({ user }) => user);
  const present = (organization: string, source: SourceName) =>
    everybody(organization).flatMap(({ user, shadow }) =>
      shadow.sourceKeys
        .filter((key) => key.source === source && key.present)
        .map(({ externalId, activity }) => ({ externalId, userId: user.id, activity })),
    );
  return {
    getMany: async (organization, ids) => select(organization, ({ user }) => ids.includes(user.id)),
    findByScimId: async (organization, scimId) => holderOf(organization, `scim:${scimId}`),
    findByEmail: async (organization, email) => holderOf(organization, `email:${fold(email)}`),
    async findByEmails(organization, emails) {
      const keys = new Set<string | null>(emails.map(fold));
      return select(organization, ({ shadow }) => shadow.emailKey !== null && keys.has(shadow.emailKey));
    },
    async findByEmployeeNumbers(organization, numbers) {
      const people = (number: string) =>
        select(organization, ({ shadow }) => shadow.tags.includes(tagOf('employeeNumber', number)));
      return [...new Set(numbers)].flatMap((number) => people(number).slice(0, 2));
    },
    async findByUserName(organization, userName) {
      const key = fold(userName);
      const former = select(organization, ({ shadow }) => shadow.formerUserNameKey === key);
      const age = (user: User): string => `${seenByScim(user).at} ${user.id}`;
      return holderOf(organization, `name:${key}`) ?? former.sort((a, b) => (age(a) < age(b) ? 1 : -1))[0] ?? null;
    },
    findBySourceKeys: async (organization, source, connectionId, externalIds) =>
      [...new Set(externalIds)]
        .map((externalId) => holderOf(organization, keyClaim(source, connectionId, externalId)))
        .filter((user) => user !== null),
    async knownScimIds(organization, connectionId, ids) {
      const seen = select(organization, (entry) => isVisible(entry, connectionId)).map(({ scim }) => scim.id ?? '');
      const former = everybody(organization).flatMap(({ shadow }) => shadow.formerScimIds);
      const asked = (known: readonly string[]) => new Set(known.filter((id) => ids.includes(id)));
      return { living: asked(seen), former: asked(former) };
    },
    async directoryNews(organization, source, people, ungranted) {
      const hashes = new Map(people.map(({ externalId, hash }) => [externalId, hash]));
      const known = everybody(organization)
        .flatMap(({ shadow }) => shadow.sourceKeys)
        .filter((key) => key.source === source && key.present && hashes.get(key.externalId) === key.hash)
        .filter(({ activity, granted }) => !(ungranted && activity === 'active' && !granted));
      const old = new Set(known.map(({ externalId }) => externalId));
      return new Set([...hashes.keys()].filter((key) => !old.has(key)));
    },
    async list(organization, condition, cursor, limit, order) {
      if (order) {
        const all = inOrder(
          select(organization, (entry) => satisfies(entry, condition)),
          order,
        );
        const place = keyIn(order, cursor) ?? '0';
        if (!/^\d+$/.test(place)) throw foreignCursor();
        const start = Number(place);
        return {
          items: all.slice(start, start + limit),
          next: all.length > start + limit ? cursorOf(order, String(start + limit)) : null,
        };
      }
      if (cursor?.includes('.')) throw foreignCursor();
      const rest = select(organization, (entry) => entry.user.id > (cursor ?? '') && satisfies(entry, condition));
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    count: async (organization, condition) => select(organization, (entry) => satisfies(entry, condition)).length,
    async countByStatus(organization, condition) {
      const all = select(organization, (entry) => satisfies(entry, condition));
      const of = (status: Status) => all.filter((user) => user.status === status).length;
      const [unprovisioned, active, deactivated] = [of('unprovisioned'), of('active'), of('deactivated')];
      return { unprovisioned, active, deactivated, terminated: of('terminated') };
    },
    listForScim: (query) => listForScim(everybody(query.organizationId), query),
    async scanMissing(organization, source, runId, afterKey, limit) {
      const marked = new Set([...(runs.get(runId)?.presence.values() ?? [])].flat());
      return present(organization, source)
        .filter(({ externalId }) => externalId > (afterKey ?? '') && !marked.has(externalId))
        .sort((a, b) => (a.externalId < b.externalId ? -1 : 1))
        .slice(0, limit);
    },
    repair: async () => [],
    countActive: async (organization, source) =>
      present(organization, source).filter(({ activity }) => activity === 'active').length,
  };
}
