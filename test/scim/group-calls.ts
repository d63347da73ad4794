import { expect } from 'chai';
import type { Body } from './client.ts';
import { aGroup, aPerson, expectBody, expectEmpty } from './expectations.ts';
import type { Tenant } from './server.ts';

/** What tests of groups do again and again, each checked. */
export interface GroupCalls {
  /** The ids of so many new people. */
  people(count: number): Promise<readonly string[]>;
  person(facts?: { readonly [name: string]: unknown }): Promise<Body>;
  group(members?: readonly string[], facts?: { readonly [name: string]: unknown }): Promise<Body>;
  /** A PATCH that must be answered with 204. */
  patch(id: string, ...operations: readonly object[]): Promise<void>;
  /** Ids of the members as a GET shows them, sorted; the store must agree. */
  members(id: string): Promise<readonly string[]>;
  /** Checks that work leaves the stored group as it was. */
  unchanged<T>(id: string, work: () => Promise<T>): Promise<T>;
}

export const named = (ids: readonly string[]) => ids.map((value) => ({ value }));

export function groupCalls(tenant: () => Tenant): GroupCalls {
  const person: GroupCalls['person'] = async (facts = {}) =>
    expectBody(await tenant().post('/Users', aPerson(facts)), 201);
  return {
    person,
    async people(count) {
      const ids: string[] = [];
      for (let made = 0; made < count; made++) ids.push((await person()).id);
      return ids;
    },
    group: async (members = [], facts = {}) =>
      expectBody(await tenant().post('/Groups', aGroup({ members: named(members), ...facts })), 201),
    async patch(id, ...operations) {
      expectEmpty(await tenant().patch(`/Groups/${id}`, operations), 204);
    },
    async members(id) {
      const shown = expectBody(await tenant().get(`/Groups/${id}`), 200);
      const ids = (shown.members ?? []).map(({ value }: Body) => value);
      const stored = await tenant().storedGroup(id);
      expect(stored?.members.map((member) => member.id)).to.deep.equal(ids);
      return ids.sort();
    },
    async unchanged(id, work) {
      const before = await tenant().storedGroup(id);
      const result = await work();
      expect(await tenant().storedGroup(id)).to.deep.equal(before);
      return result;
    },
  };
}
