import { expect } from 'chai';
import type { SuiteDatabase } from './open-stores.ts';

interface Fields {
  readonly [name: string]: unknown;
}

/** What MongoDB refuses in an update, or would do otherwise than meant, whatever the server at hand lets pass. */
export function faultsOf(query: Fields, update: unknown): readonly string[] {
  if (Array.isArray(update)) return update.flatMap(stageFaults);
  const document = update as Fields;
  const names = Object.keys(document);
  if (names.every((name) => !name.startsWith('$')))
    return '_id' in document && document._id !== query._id ? ['a replacement with another _id'] : [];
  if (names.some((name) => !name.startsWith('$'))) return ['operators beside fields'];
  const paths = names.flatMap((name) => Object.keys(document[name] as Fields));
  return [...paths.filter((path) => path === '_id' || /^\$|\.\$?$/.test(path)), ...conflictsOf(paths)];
}

function stageFaults(stage: Fields): readonly string[] {
  const names = Object.keys(stage);
  return names.length === 1 && ['$set', '$unset', '$replaceWith'].includes(names[0] ?? '') ? [] : ['unknown stage'];
}

/** Code 40: of two paths of one update neither may be, or lead to, the other. */
function conflictsOf(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path, at) =>
    paths
      .filter((other, place) => place !== at && `${other}.`.startsWith(`${path}.`))
      .map((other) => `${path}, ${other}`),
  );
}

function updatesIn(command: Fields): readonly (readonly [Fields, unknown])[] {
  if ('findAndModify' in command) return [[command.query as Fields, command.update]];
  if (!('update' in command)) return [];
  return (command.updates as readonly { readonly q: Fields; readonly u: unknown }[]).map(({ q, u }) => [q, u]);
}

/** Fails the suite when one of the updates its tests send is such as MongoDB refuses, or when they send none to speak of. */
export function expectSoundUpdates(suite: SuiteDatabase): void {
  const updates: (readonly [Fields, unknown])[] = [];
  before(() => suite.watch((command) => updates.push(...updatesIn(command))));
  after(() => {
    expect(updates.length).to.be.greaterThan(100);
    for (const [query, update] of updates) expect(faultsOf(query, update), JSON.stringify(update)).to.deep.equal([]);
  });
}
