import { expect } from 'chai';
import { ENTERPRISE_USER, ERROR, GROUP, LIST_RESPONSE, USER } from '../../scim/schema/urns.ts';
import type { Answer, Body } from './client.ts';

export const U = USER;
export const E = ENTERPRISE_USER;
export const G = GROUP;

const MEDIA_TYPE = 'application/scim+json';

/** A body to create somebody with; a userName of their own unless given. */
export function aPerson(facts: { readonly [name: string]: unknown } = {}): Body {
  made += 1;
  return { schemas: [U], userName: `person-${made}@example.com`, ...facts };
}

/** A body to create a group with; a name of its own unless given. */
export function aGroup(facts: { readonly [name: string]: unknown } = {}): Body {
  made += 1;
  return { schemas: [G], displayName: `group ${made}`, ...facts };
}

let made = 0;

/** Checks status and media type and hands on the body. */
export function expectBody(answer: Answer, status: number): Body {
  expect(answer.status, answer.text).to.equal(status);
  expect(answer.headers['content-type']).to.equal(MEDIA_TYPE);
  return answer.body;
}

export function expectEmpty(answer: Answer, status: number): void {
  expect(answer.status, answer.text).to.equal(status);
  expect(answer.text).to.equal('');
}

/** Checks that a refusal is a SCIM error as RFC 7644 §3.12 has it. */
export function expectError(answer: Answer, status: number, scimType?: string): Body {
  const body = expectBody(answer, status);
  expect(body.schemas).to.deep.equal([ERROR]);
  expect(body.status).to.equal(String(status));
  expect(body.scimType).to.equal(scimType);
  expect(body.detail).to.be.a('string').that.is.not.empty;
  return body;
}

/** Checks a ListResponse and hands on its resources. */
export function expectList(answer: Answer, total?: number): Body[] {
  const body = expectBody(answer, 200);
  expect(body.schemas).to.deep.equal([LIST_RESPONSE]);
  for (const name of ['totalResults', 'startIndex', 'itemsPerPage']) expect(body[name], name).to.be.a('number');
  expect(body.Resources).to.be.an('array').with.length(body.itemsPerPage);
  if (total !== undefined) expect(body.totalResults).to.equal(total);
  return body.Resources;
}

export const idsOf = (resources: readonly Body[]): readonly string[] => resources.map(({ id }) => id);
export const namesOf = (resources: readonly Body[]): readonly string[] => resources.map(({ userName }) => userName);
