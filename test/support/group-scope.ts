import type { DirectoryName } from '../../src/core/user.ts';
import type { Body } from './api-client.ts';
import { expectStatus, type TestOrganization, type TestRollcall } from './rollcall.ts';

/** The calls of a test about groups in the scope of one directory. */
export interface GroupScope {
  choose(scope: object): Promise<void>;
  /** Chooses a scope, switches the sync on and returns the run it ends with. */
  sync(scope: object): Promise<Body>;
  run(): Promise<Body>;
  /** Folded addresses of active users. */
  active(): Promise<readonly string[]>;
  /** What a connection test says. */
  test(): Promise<Body>;
  /** What it says of groups. */
  groupChecks(): Promise<readonly Body[]>;
}

export function createGroupScope(
  { api }: TestRollcall,
  organization: TestOrganization,
  source: DirectoryName,
): GroupScope {
  const path = `${organization.path}/integrations/${source}`;
  const run = () => organization.run(source);
  const test = async () => expectStatus(await api.post(`${path}/test`), 200);
  async function choose(scope: object): Promise<void> {
    expectStatus(await api.patch(path, { scope }), 200);
  }
  return {
    choose,
    run,
    test,
    async sync(scope) {
      await choose(scope);
      await organization.change({ [source]: { syncUsers: true, autoEnableUsers: true } });
      return run();
    },
    async active() {
      const { items } = expectStatus(await api.get(`${organization.path}/users?status=active&limit=200`), 200);
      return items.map(({ email }: Body) => email.toLowerCase());
    },
    async groupChecks() {
      const { checks } = await test();
      return checks.filter(({ name }: Body) => name === 'group');
    },
  };
}

/** What a run says of groups. */
export const groupWords = ({ reasons }: Body): readonly string[] =>
  reasons.filter(({ code }: Body) => code === 'group_members').map(({ message }: Body) => message);
