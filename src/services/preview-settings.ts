import { describeChange, type PreviewItem } from '../core/change-summary.ts';
import { sameAddress } from '../core/email-claim.ts';
import { exceedsRemovalLimits } from '../core/guard.ts';
import { sameJson } from '../core/json.ts';
import type { Organization, Settings } from '../core/organization.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { Actor, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { forecastAddresses } from './forecast-addresses.ts';
import { isAdmin } from './organization-admins.ts';

/** What a change of settings would do, without doing it. */
export interface SettingsPreview {
  readonly changes: { readonly total: number; readonly byStatus: { readonly [fromTo: string]: number } };
  /** The first people who would change; `total` counts them all. */
  readonly items: readonly PreviewItem[];
  readonly digest: string;
  /** Whether so many people would lose their active status that the digest must be confirmed. */
  readonly needsConfirmation: boolean;
}

const PAGE = 500;
const MOST_ITEMS = 100;

/** The actor under whose name settings re-resolve people. */
export const BY_SETTINGS: Actor = { kind: 'settings', id: null };

/**
 * Tells who would change under other settings, from what to what and why, by settling everybody without saving anybody.
 *
 * No directory is asked. The digest covers every change, so that a confirmation holds only for what was shown.
 */
export async function previewSettings(
  deps: Dependencies,
  organization: Organization,
  settings: Settings,
): Promise<SettingsPreview> {
  const byStatus: { [fromTo: string]: number } = {};
  const items: PreviewItem[] = [];
  let digest = '';
  let total = 0;
  let active = 0;
  let leaving = 0;
  let admins = await countAdmins(deps, organization);
  const under = (user: User, taken = false) => settleUnder(deps, user, organization.settings, settings, taken);
  const isTaken = forecastAddresses(deps, (user) => under(user).user);
  for await (const user of everybody(deps, organization.id)) {
    if (user.status === 'active') active++;
    let settled = under(user);
    const { email } = settled.user;
    if (email !== null && !sameAddress(email, user.email) && (await isTaken(user, email))) settled = under(user, true);
    const { user: after, changed, effects } = settled;
    if (!changed || !isVisible(user, after)) continue;
    if (isAdmin(user) && !isAdmin(after)) {
      if (admins === 1) continue;
      admins--;
    }
    total++;
    if (user.status === 'active' && after.status !== 'active') leaving++;
    if (user.status !== after.status) {
      const fromTo = `${user.status} → ${after.status}`;
      byStatus[fromTo] = (byStatus[fromTo] ?? 0) + 1;
    }
    const item = describeChange(user, after, effects, settings);
    digest = deps.hash(`${digest}\n${JSON.stringify([item.user.id, item.to])}`);
    if (items.length < MOST_ITEMS) items.push(item);
  }
  const needsConfirmation = exceedsRemovalLimits(leaving, active);
  return { changes: { total, byStatus }, items, digest: deps.hash(`${settings.version}${digest}`), needsConfirmation };
}

/** Those of an organization's admins who are admins now; the last of them stays, whatever the settings say. */
async function countAdmins({ stores }: Dependencies, { id, admins }: Organization): Promise<number> {
  const people = await Promise.all(admins.map((admin) => stores.users.get(id, admin)));
  return people.filter((user) => user !== null && isAdmin(user)).length;
}

function settleUnder(deps: Dependencies, user: User, before: Settings, after: Settings, taken: boolean) {
  const terms = { ...PLAIN_TERMS, taken, at: timestamp(deps.clock), by: BY_SETTINGS };
  const present = settle(user, user, before, terms).user;
  const settled = settle(present, present, after, terms);
  return { ...settled, changed: settled.changed || present !== user };
}

function isVisible(before: User, after: User): boolean {
  return (
    before.status !== after.status || before.email !== after.email || !sameJson(before.attributes, after.attributes)
  );
}

async function* everybody({ stores }: Dependencies, organizationId: string): AsyncGenerator<User> {
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof stores.users.list>> = await stores.users.list(
      organizationId,
      null,
      cursor,
      PAGE,
    );
    yield* page.items;
    await new Promise((resolve) => setImmediate(resolve));
    cursor = page.next;
    if (cursor === null) return;
  }
}
