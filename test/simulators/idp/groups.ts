import { check, checkStatus, listOf, resourceOf } from './checks.ts';
import type { Json } from './client.ts';
import { type Desk, query } from './desk.ts';

export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** The name a group of this play has. */
export const groupName = (desk: Desk, name: string): string => `${name} ${desk.run}`;

/** The group of that name, in whatever case, without its members. */
export async function findGroup(desk: Desk, displayName: string): Promise<Json | undefined> {
  const filter = `displayName eq "${displayName}"`;
  const answer = await desk.get(`/Groups?${query({ excludedAttributes: 'members', filter })}`);
  const [group, ...others] = listOf(answer);
  check(answer, others.length === 0, 'a group must be unique by its name');
  check(answer, group?.members === undefined, 'members were to be left out');
  return group;
}

/** Creates a group; the id. */
export async function createGroup(desk: Desk, displayName: string, facts: object = {}): Promise<string> {
  const answer = await desk.post('/Groups', { schemas: [GROUP], displayName, ...facts });
  const group = resourceOf(answer, 201);
  check(answer, group.displayName === displayName, 'the group must be called what it was called');
  return group.id;
}

export async function modifyGroup(desk: Desk, id: string, ...operations: readonly object[]): Promise<void> {
  checkStatus(await desk.patch(`/Groups/${id}`, operations), 200, 204);
}

/** Complains unless exactly these are members, each once, and each of them shows the group. */
export async function checkMembers(desk: Desk, id: string, userIds: readonly string[]): Promise<void> {
  const answer = await desk.get(`/Groups/${id}`);
  const { members = [] } = resourceOf(answer, 200);
  const shown = members.map(({ value }: Json) => value).sort();
  const needed = JSON.stringify([...userIds].sort());
  check(answer, JSON.stringify(shown) === needed, `its members must be ${needed}`);
  for (const userId of userIds) {
    const user = await desk.get(`/Users/${userId}`);
    const { groups = [] } = resourceOf(user, 200);
    check(
      user,
      groups.some(({ value }: Json) => value === id),
      `the user must show the group ${id}`,
    );
  }
}

export async function deleteGroup(desk: Desk, id: string): Promise<void> {
  checkStatus(await desk.delete(`/Groups/${id}`), 204);
  checkStatus(await desk.get(`/Groups/${id}`), 404);
}
