import { expect } from 'chai';
import { ROUTES } from '../../src/http/routes.ts';

const PEOPLE = ['people:read', 'people:write'] as const;
const SETTINGS = ['settings', 'settings'] as const;
const CLOSED = ['operator', 'operator'] as const;

/** What a key needs to look, and what to change something, by the noun that a path is about. */
const SCOPES: ReadonlyMap<string, readonly [looking: string, changing: string]> = new Map<
  string,
  readonly [string, string]
>([
  ...['users', 'users.csv', 'pools', 'agencies', 'interviews', 'conflicts', 'imports', 'bulk', 'events', 'explain'].map(
    (noun) => [noun, PEOPLE] as const,
  ),
  ...['', 'settings', 'integrations', 'runs', 'schemas', 'resource-types', 'scim-connections'].map(
    (noun) => [noun, SETTINGS] as const,
  ),
  ...['organizations', 'api-keys', 'scim-tokens', 'tokens', 'clients', 'secrets'].map(
    (noun) => [noun, CLOSED] as const,
  ),
  ['catalog', ['people:read', 'settings']],
  ['group-mappings', ['people:read', 'settings']],
  ['groups', ['people:read', 'settings']],
  ['sign-ins', ['sign-ins', 'sign-ins']],
]);

/** The innermost noun that makes credentials, else the first below the organization. */
function nounOf(path: string): string {
  const nouns = path
    .replace(/^\/api\//, '')
    .split('/')
    .filter((part) => !part.startsWith(':'));
  const closed = nouns.slice(1).find((noun) => SCOPES.get(noun) === CLOSED);
  return closed ?? (path.includes('/:org') ? (nouns[1] ?? '') : (nouns[0] ?? ''));
}

describe('which key opens which row', () => {
  for (const { path, method, name, policy } of ROUTES.filter((route) => route.policy !== 'public'))
    it(`${name} takes the scope of what it is about`, () => {
      const scopes = SCOPES.get(nounOf(path));
      expect(scopes, `nobody has decided who may open ${path}`).to.be.an('array');
      expect(policy).to.equal(scopes?.[method === 'get' ? 0 : 1]);
    });
});
