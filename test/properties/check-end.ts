import { type Json, sameJson } from '../../src/core/json.ts';
import type { Organization, Settings } from '../../src/core/organization.ts';
import { PLAIN_TERMS, settle } from '../../src/core/settle.ts';
import type { DirectoryName, SourceRecord, User } from '../../src/core/user.ts';
import type { UserChange } from '../../src/ports/user-store.ts';
import { enabledOf, expectedOf } from './model.ts';
import { isPresent, keyOf, ORGANIZATION, type Word, type World } from './world.ts';

/** Compares what is stored with the reference, now that nothing moves any more. Returns every divergence, in words. */
export async function checkEnd(world: World): Promise<readonly string[]> {
  const { stores, words, history } = world;
  const organization = await stores.organizations.get(ORGANIZATION);
  if (!organization) return ['the organization is gone'];
  const { items: users } = await stores.users.list(ORGANIZATION, null, null, 100);
  return [
    ...checkSweep(organization),
    ...checkKept(users, world),
    ...users.flatMap((user) =>
      checkUser(user, users, words, organization.settings).map((fault) => `${user.id}: ${fault}`),
    ),
    ...users.flatMap((user) => checkEvents(user, history).map((fault) => `${user.id}: ${fault}`)),
    ...(await checkConflicts(world, users)),
  ];
}

function checkSweep({ sweep, settings }: Organization): readonly string[] {
  const swept = sweep.state === 'idle' && (settings.version === 1 || sweep.version === settings.version);
  return swept ? [] : [`the sweep of version ${sweep.version} is ${sweep.state}`];
}

/** Every word is on record, once. */
function checkKept(users: readonly User[], { words, replaced }: World): readonly string[] {
  const keys = users.flatMap((user) => user.records.map((record) => keyOf(record, user)));
  const lost = [...words.keys()].filter((key) => !keys.includes(key) && !replaced.has(key));
  const unsaid = keys.filter((key) => !words.has(key));
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...lost.map((key) => `the word of ${key} is lost`),
    ...unsaid.map((key) => `nobody said what is on record of ${key}`),
    ...twice.map((key) => `${key} is on record twice`),
  ];
}

function checkUser(
  user: User,
  users: readonly User[],
  words: ReadonlyMap<string, Word>,
  settings: Settings,
): readonly string[] {
  const expected = expectedOf(user, words, settings);
  const settled = settle(user, user, settings, { ...PLAIN_TERMS, at: '', by: { kind: 'system', id: null } });
  return [
    ...differs('status', user.status, expected.status),
    ...differs('attributes', user.attributes, expected.attributes),
    ...checkEmail(user, users, expected, settings),
    ...user.records.flatMap((record) => checkRecord(user, record, words, settings)),
    ...checkGrants(user, settings),
    ...(settled.changed && user.heldEmail?.reason !== 'taken' ? ['settling once more would change it'] : []),
  ];
}

function differs(what: string, is: Json, shall: Json): readonly string[] {
  return sameJson(is, shall) ? [] : [`${what} ${JSON.stringify(is)} instead of ${JSON.stringify(shall)}`];
}

/** A record holds its source's last word. */
function checkRecord(
  user: User,
  record: SourceRecord,
  words: ReadonlyMap<string, Word>,
  settings: Settings,
): readonly string[] {
  const word = words.get(keyOf(record, user));
  if (!word) return [];
  const speakers = user.records.flatMap((other) => {
    const said = words.get(keyOf(other, user));
    return said ? [{ record: other, word: said }] : [];
  });
  const { source, directory } = record;
  const faults = [
    ...differs(`${source} attributes`, record.attributes, word.attributes),
    ...differs(`${source} email`, record.email ?? null, word.email ?? null),
    ...differs(`${source} enabled`, record.enabled, enabledOf({ record, word }, speakers, settings)),
  ];
  if (!directory) return faults;
  return [
    ...faults,
    ...differs(`${source} activity`, directory.activity, word.activity ?? null),
    ...differs(`${source} presence`, directory.present, isPresent(word)),
  ];
}

/** Whoever may be granted is, once everything has settled. */
function checkGrants({ records }: User, settings: Settings): readonly string[] {
  if (settings.scim.enabled || records.some(({ enabled }) => enabled === false)) return [];
  return records.flatMap(({ source, directory }) => {
    if (!directory || directory.granted || !directory.present || directory.activity !== 'active') return [];
    const { syncUsers, autoEnableUsers } = settings[source as DirectoryName];
    return syncUsers && autoEnableUsers ? [`${source} should have been granted`] : [];
  });
}

/** The address is the resolved one, or is held for a reason that still stands. */
function checkEmail(
  user: User,
  users: readonly User[],
  { email: wanted, emailFrom }: ReturnType<typeof expectedOf>,
  settings: Settings,
): readonly string[] {
  const { email, heldEmail } = user;
  if (wanted === undefined) return heldEmail ? ['an address is held that nobody wants'] : [];
  if (email === wanted) return heldEmail ? ['an address is held that they have'] : [];
  if (!heldEmail) return [`the address ${email} is neither ${wanted} nor held`];
  const right = heldEmail.wanted === wanted && heldEmail.source === emailFrom?.source;
  return [
    ...(right ? [] : [`held for ${heldEmail.source} ${heldEmail.wanted}, wanted by ${emailFrom?.source} ${wanted}`]),
    ...(HELD[heldEmail.reason]({ wanted, from: emailFrom, user, users, settings })
      ? []
      : [`held as ${heldEmail.reason} for nothing`]),
  ];
}

interface Hold {
  readonly wanted: string | null;
  readonly from: SourceRecord | null;
  readonly user: User;
  readonly users: readonly User[];
  readonly settings: Settings;
}

/** When each reason to hold an address stands. */
const HELD: Readonly<Record<NonNullable<User['heldEmail']>['reason'], (hold: Hold) => boolean>> = {
  linking: ({ from }) => from?.linked === true,
  foreign_domain: ({ wanted, from, settings }) =>
    from?.linked === true && !settings.domains.some((domain) => wanted?.endsWith(`@${domain}`)),
  taken: ({ wanted, user, users }) => {
    // Whoever nobody owns is called by their address, so the userName of another stands in the way too.
    const isNamed = user.scim.id !== null && user.scim.connectionId === null;
    return users.some(
      (other) => other.id !== user.id && (other.email === wanted || (isNamed && userNameOf(other) === wanted)),
    );
  },
};

/** The userName a living SCIM id has: as its owner says, else the address. */
function userNameOf({ scim, email, records }: User): Json | undefined {
  if (scim.id === null) return undefined;
  const owner = records.find(({ source, connectionId }) => source === 'scim' && connectionId === scim.connectionId);
  return owner ? owner.attributes.userName : email;
}

/** Event numbers are contiguous, each event starts from where the last one ended, and all of them end at what is stored. */
function checkEvents(user: User, history: readonly UserChange[]): readonly string[] {
  const events = history.flatMap((change) => (change.user.id === user.id ? change.events : []));
  const faults: string[] = [];
  const told = new Map<string, Json>();
  for (const [index, { id, changes, type }] of events.entries()) {
    if (id !== `${user.id}:${index + 1}`) faults.push(`event ${index + 1} is called ${id}`);
    if (index > 0 && Object.keys(changes).length === 0) faults.push(`event ${index + 1} (${type}) tells nothing`);
    for (const [name, [from, to]] of Object.entries(changes)) {
      if (told.has(name) && !sameJson(told.get(name), from)) faults.push(`event ${index + 1} skips a value of ${name}`);
      told.set(name, to);
    }
  }
  if (user.eventCount !== events.length) faults.push(`${events.length} events, ${user.eventCount} counted`);
  for (const [name, value] of told) faults.push(...differs(`told ${name}`, value, visible(user, name)));
  return faults;
}

function visible(user: User, name: string): Json {
  if (name === 'status' || name === 'email' || name === 'kind') return user[name];
  return name === 'access' ? (user.access as unknown as Json) : (user.attributes[name] ?? null);
}

/** Whoever's address is held has one open conflict that says so; nobody else has any. */
async function checkConflicts({ stores }: World, users: readonly User[]): Promise<readonly string[]> {
  const { items } = await stores.conflicts.list(ORGANIZATION, 'open', null, 100);
  return users.flatMap(({ id, heldEmail }) => {
    const open = items.filter(({ userId, kind }) => userId === id && (kind === 'email_taken' || kind === 'email_held'));
    const kind = heldEmail ? (heldEmail.reason === 'taken' ? 'email_taken' : 'email_held') : null;
    const own = open.filter(({ source, email }) => source === heldEmail?.source && email === heldEmail.wanted);
    const right = kind === null ? open.length === 0 : own.length === 1 && open.length === 1 && own[0]?.kind === kind;
    const found = open.map((conflict) => `${conflict.kind} ${conflict.email}`).join(', ') || 'none';
    return right ? [] : [`${id}: held ${JSON.stringify(heldEmail)}, open conflicts: ${found}`];
  });
}
