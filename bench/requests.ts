import { BULK_REQUEST, PATCH_OP, SEARCH_REQUEST } from '../scim/schema/urns.ts';
import { scimPerson, shortPerson, userNameOf } from './people.ts';
import type { Known } from './seed.ts';

/** A server and what there is to ask it about. */
export interface Target {
  readonly port: number;
  /** Everything before `/Users` of the SCIM service, or of the bare routes. */
  readonly scimRoot: string;
  readonly scimToken: string;
  readonly users: number;
  readonly sample: readonly Known[];
  /** Of a page near the end of the list. */
  readonly cursor: string;
  /** From small to large; empty where groups are not measured. */
  readonly groups: readonly string[];
  /** People in none of the groups. */
  readonly outsiders: readonly string[];
}

export type TargetName = 'bare' | 'rollcall';

export type Operation =
  | 'get'
  | 'filter'
  | 'create'
  | 'deactivate'
  | 'patch'
  | 'put'
  | 'list'
  | 'listDeep'
  | 'listIndex'
  | 'search'
  | 'createShort'
  | 'bulk'
  | Membership;

/** Somebody joins or leaves the group of that place. */
type Membership = `${'join' | 'leave'}-${0 | 1 | 2}`;

/** Creations in a bulk: as many as it may have. */
export const BULK = 1_000;

/** One request, and the status it is answered with when all is well. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly bearer: string;
  readonly body?: string;
  readonly status: number;
  /** Must not be in the answer. */
  readonly never?: string;
}

type MakeRequest = (target: Target, number: number) => Exchange;

/** Newcomers have indexes above those of everybody seeded. */
const NEWCOMERS = 10_000_000;

const someone = ({ sample }: Target, number: number): Known => sample[number % sample.length] ?? NOBODY;
const NOBODY: Known = { scimId: '', index: 0 };
/** How often the sample has been gone through: what is written differs from one time to the next. */
const time = ({ sample }: Target, number: number): number => Math.floor(number / sample.length);

const deactivation: MakeBody = (target, number) => ({
  schemas: [PATCH_OP],
  Operations: [{ op: 'replace', path: 'active', value: time(target, number) % 2 === 1 }],
});

const threeAttributes: MakeBody = (target, number) => ({
  schemas: [PATCH_OP],
  Operations: [
    { op: 'replace', path: 'title', value: `Title ${time(target, number)}` },
    { op: 'replace', path: 'nickName', value: `Nick ${time(target, number)}` },
    {
      op: 'replace',
      path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
      value: `Department ${time(target, number)}`,
    },
  ],
});

const wholePerson: MakeBody = (target, number) =>
  scimPerson(someone(target, number).index, `Writer ${time(target, number)}`);

const newcomer: MakeBody = (_, number) => scimPerson(NEWCOMERS + number);
const shortNewcomer: MakeBody = (_, number) => shortPerson(2 * NEWCOMERS + number);

const bulk: MakeBody = (_, number) => ({
  schemas: [BULK_REQUEST],
  Operations: Array.from({ length: BULK }, (_, index) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `b${index}`,
    data: shortPerson(3 * NEWCOMERS + number * BULK + index),
  })),
});

const LAST_PAGE = 100;

type MakeBody = (target: Target, number: number) => object;

const read =
  (pathOf: (target: Target, number: number) => string): MakeRequest =>
  (target, number) => ({ method: 'GET', path: pathOf(target, number), bearer: target.scimToken, status: 200 });

/** A read, from the SCIM service and from the bare route that answers the same. */
const pair = (scim: (target: Target, number: number) => string, bare: (target: Target, number: number) => string) => ({
  rollcall: read((target, number) => `${target.scimRoot}${scim(target, number)}`),
  bare: read((target, number) => `${target.scimRoot}${bare(target, number)}`),
});

/** A write of the same body to both. */
const write = (
  method: Exchange['method'],
  status: number,
  bodyOf: MakeBody,
  path: (target: Target, n: number) => string,
) => {
  const make: MakeRequest = (target, number) => ({
    method,
    path: `${target.scimRoot}${path(target, number)}`,
    bearer: target.scimToken,
    body: JSON.stringify(bodyOf(target, number)),
    status,
  });
  return { rollcall: make, bare: make };
};

const byId = (target: Target, number: number) => `/Users/${someone(target, number).scimId}`;
const filterOf = (target: Target, number: number) =>
  encodeURIComponent(`userName eq "${userNameOf(someone(target, number).index)}"`);
const nameOf = (target: Target, number: number) => encodeURIComponent(userNameOf(someone(target, number).index));

const searchOf: MakeBody = (target, number) => ({
  schemas: [SEARCH_REQUEST],
  filter: `userName eq "${userNameOf(someone(target, number).index)}"`,
});

function membership(op: 'add' | 'remove', place: number): { readonly rollcall: MakeRequest } {
  const body: MakeBody = ({ outsiders }, number) => ({
    schemas: [PATCH_OP],
    Operations: [{ op, path: 'members', value: [{ value: outsiders[number % outsiders.length] }] }],
  });
  return { rollcall: write('PATCH', 204, body, ({ groups }) => `/Groups/${groups[place]}`).rollcall };
}

/** What is asked, of whom, in the two ways. */
export const REQUESTS: Readonly<Record<Operation, Readonly<Partial<Record<TargetName, MakeRequest>>>>> = {
  get: pair(byId, byId),
  filter: pair(
    (target, number) => `/Users?filter=${filterOf(target, number)}`,
    (target, number) => `/Users?userName=${nameOf(target, number)}`,
  ),
  create: write('POST', 201, newcomer, () => '/Users'),
  deactivate: write('PATCH', 200, deactivation, byId),
  patch: write('PATCH', 200, threeAttributes, byId),
  put: write('PUT', 200, wholePerson, byId),
  list: pair(
    () => '/Users?startIndex=1&count=100',
    () => '/Users?limit=100',
  ),
  listDeep: pair(
    ({ cursor }) => `/Users?count=100&cursor=${encodeURIComponent(cursor)}`,
    ({ cursor }) => `/Users?limit=100&cursor=${encodeURIComponent(cursor)}`,
  ),
  listIndex: pair(
    ({ users }) => `/Users?startIndex=${users - LAST_PAGE + 1}&count=100`,
    ({ users }) => `/Users?limit=100&offset=${users - LAST_PAGE}`,
  ),
  search: { rollcall: write('POST', 200, searchOf, () => '/Users/.search').rollcall },
  createShort: { rollcall: write('POST', 201, shortNewcomer, () => '/Users').rollcall },
  bulk: {
    rollcall: (target, number) => ({
      ...write('POST', 200, bulk, () => '/Bulk').rollcall(target, number),
      never: '"status":"4',
    }),
  },
  'join-0': membership('add', 0),
  'join-1': membership('add', 1),
  'join-2': membership('add', 2),
  'leave-0': membership('remove', 0),
  'leave-1': membership('remove', 1),
  'leave-2': membership('remove', 2),
};
