import { type HistoryTerms, historyOf } from '../core/history.ts';
import type { Effect } from '../core/lifecycle.ts';
import type { Settings } from '../core/organization.ts';
import type { User } from '../core/user.ts';
import { userEvents } from '../core/user-events.ts';
import type { UserChange } from '../ports/user-store.ts';

/** A settled change with everything that is written with it: its events, and what the person's history says of it. */
export function changeOf(
  before: User,
  after: User,
  effects: readonly Effect[],
  settings: Settings,
  terms: HistoryTerms,
): UserChange {
  const events = userEvents(before, after, effects, terms.by);
  const history = historyOf(before, after, settings, terms);
  const user = { ...after, eventCount: before.eventCount + events.length };
  return { user, events, ...(history ? { history } : {}) };
}
