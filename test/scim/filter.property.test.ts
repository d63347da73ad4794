import { expect } from 'chai';
import fc from 'fast-check';
import { narrow, USER_FIELDS } from '../../scim/filter/condition.ts';
import { parseFilter } from '../../scim/filter/parse.ts';
import { viewPredicate } from '../../scim/filter/predicate.ts';
import { builtInSchemas } from '../../scim/schema/served-schemas.ts';
import { type ScimView, scimView } from '../../src/core/scim-view.ts';
import { aUser } from '../fixtures/users.ts';
import { aPerson, E, expectBody, expectList, idsOf } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const TEXTS = [
  'ada',
  'Ada',
  'ADA@example.com',
  'bob@example.com',
  'é',
  'e\u0301',
  '\u{1f642}x',
  '\ufffd',
  'x',
  'xy',
  '',
  'work',
  '%',
  '_',
  "'",
];
const TIMES = [
  '2026-10-01T12:00:00Z',
  '2026-10-01T12:00:05.000Z',
  '2026-10-01T12:00:05.0000001Z',
  '0001-01-01T00:00:00Z',
];
const QUOTED = TEXTS.map((text) => JSON.stringify(text));
const ORDERS = ['gt', 'ge', 'lt', 'le'];
const TEXT_OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', ...ORDERS];

const comparison = (paths: readonly string[], operators: readonly string[], values: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...paths), fc.constantFrom(...operators), fc.constantFrom(...values))
    .map((parts) => parts.join(' '));

const TEXT_PATHS = [
  'userName',
  'externalId',
  'displayName',
  'name.familyName',
  'name.givenName',
  'emails.value',
  'emails',
  'title',
  'emails.type',
  `${E}:department`,
  'id',
];

const leaf = fc.oneof(
  comparison(TEXT_PATHS, TEXT_OPERATORS, QUOTED),
  comparison(TEXT_PATHS, ['eq', 'ne'], ['null']),
  comparison([...TEXT_PATHS, 'active', 'name', 'meta.created'], ['pr'], ['']),
  comparison(['active', 'emails.primary'], ['eq', 'ne'], ['true', 'false', '"True"', 'null']),
  comparison(['meta.created', 'meta.lastModified'], ['eq', 'ne', ...ORDERS], TIMES),
);

const element = fc
  .tuple(
    comparison(['type', 'value', 'display'], TEXT_OPERATORS, QUOTED),
    fc.constantFrom('and', 'or'),
    fc.oneof(
      comparison(['value'], ['eq', 'ne'], ['"ADA@example.com"', 'null']),
      comparison(['primary'], ['eq', 'ne'], ['true', '"False"', 'null']),
    ),
  )
  .map(([left, word, right]) => `emails[${left} ${word} ${right}]`);

const { filter } = fc.letrec<{ filter: string; term: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    leaf,
    element,
    tie('filter').map((text) => `not (${text})`),
    tie('filter').map((text) => `(${text})`),
  ),
  filter: fc
    .array(fc.tuple(fc.constantFrom('and', 'or'), tie('term')), { minLength: 1, maxLength: 3 })
    .map((terms) => terms.flat().slice(1).join(' ')),
}));

describe('SCIM filters on the store', () => {
  const index = builtInSchemas().user.schema;
  let scim: ScimServer;
  let views: readonly ScimView[] = [];

  before(async () => {
    scim = await startScim();
    for (const [at, text] of TEXTS.entries()) {
      scim.advance(1000);
      const emails =
        at % 3 === 0 ? undefined : [{ value: text || 'none', type: at % 2 ? 'work' : 'home', primary: at % 4 === 0 }];
      const facts = {
        externalId: text || null,
        displayName: text,
        name: { familyName: text, givenName: 'Ada' },
        emails,
        title: text,
      };
      expectBody(
        await scim.post('/Users', aPerson({ ...facts, active: at % 2 === 0, [E]: { department: text } })),
        201,
      );
    }
    const { organizationId } = scim;
    for (const status of ['active', 'deactivated'] as const)
      await scim.deps.stores.users.save({
        user: aUser({ organizationId, status, attributes: { displayName: 'Ada', name: { familyName: 'x' } } }),
        events: [],
      });
    await scim.deps.stores.users.save({
      user: aUser({ organizationId, kind: 'agency', scim: { id: null, connectionId: null } }),
      events: [],
    });
    const query = { organizationId, connectionId: scim.connectionId, from: { offset: 0 }, limit: 200 };
    views = (await scim.deps.stores.users.listForScim(query)).users.map(scimView);
    expect(views).to.have.length(TEXTS.length + 2);
  });
  after(() => scim.stop());

  it('select exactly whom the filter as a predicate accepts', async () => {
    let exact = 0;
    let narrowed = 0;
    await fc.assert(
      fc.asyncProperty(filter, async (text) => {
        const node = parseFilter(text, index, 'compat');
        const holds = viewPredicate(node, (id) => id);
        const expected = views.filter(holds).map(({ scimId }) => scimId);
        const narrowing = narrow(node, USER_FIELDS);
        if (narrowing.exact) exact++;
        else if (narrowing.condition) narrowed++;
        const { condition } = narrowing;
        const query = {
          organizationId: scim.organizationId,
          connectionId: scim.connectionId,
          from: { offset: 0 },
          limit: 200,
        };
        const { users, total } = await scim.deps.stores.users.listForScim({
          ...query,
          ...(condition ? { condition } : {}),
        });
        const selected = users.map((user) => scimView(user).scimId);
        expect(selected).to.include.members(expected);
        if (narrowing.exact) expect(selected).to.deep.equal(expected);
        expect(total).to.equal(selected.length);
      }),
      { numRuns: 2000 },
    );
    expect(exact).to.be.greaterThan(100);
    expect(narrowed).to.be.greaterThan(100);
  }).timeout(60_000);

  it('answer the same over HTTP, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (text) => {
        const node = parseFilter(text, index, 'compat');
        const expected = views.filter(viewPredicate(node, (id) => id)).map(({ scimId }) => scimId);
        const page = idsOf(expectList(await scim.filter(text, '&startIndex=2&count=5'), expected.length));
        expect(page).to.deep.equal(expected.slice(1, 6));
      }),
      { numRuns: 200 },
    );
  }).timeout(30_000);
});
