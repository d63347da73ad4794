import { z } from 'zod';
import { listEntries, putEntry, readEntry } from '../../services/catalog.ts';
import { joinPool, leavePool, putPool, removePool } from '../../services/pools.ts';
import { entrySchema, placeOf, viewEntry } from '../catalog-view.ts';
import { title } from '../common-schemas.ts';
import { targetOf } from '../operator.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';
import { readSurroundings, userSchema, viewOneUser } from '../user-view.ts';

const PATH = '/api/organizations/:org/pools';
const ONE = `${PATH}/:id` as const;
const MEMBER = '/api/organizations/:org/users/:id/pools/:pool';

const CURSORS = cursorsOf('pools');

const body = z.strictObject({ name: title }).meta({ id: 'PoolName' });

/** Interviewer pools. Who is in one: the list of users, with `pool`. */
export const poolRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'people:write',
    name: 'createPool',
    summary: 'Creates an interviewer pool under an id of its own.',
    body,
    status: 201,
    answer: entrySchema,
    versioned: true,
    refusals: ['resource_name_taken'],
    async handle({ deps }, { params: { org }, body: { name } }) {
      return viewEntry(await putEntry(deps, placeOf('pool', { org, id: deps.identifiers.next() }), name, null));
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listPools',
    summary: 'Lists interviewer pools, in the order of their ids.',
    query: z.strictObject(PAGING),
    answer: pageOf(entrySchema),
    async handle({ deps }, { params: { org }, query: { cursor, limit } }) {
      const { items, next, total } = await listEntries(deps, org, 'pool', CURSORS.keyIn(cursor), limit);
      return { items: items.map(viewEntry), next: CURSORS.next(next), total };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readPool',
    summary: 'Reads an interviewer pool.',
    versioned: true,
    answer: entrySchema,
    handle: async ({ deps }, { params }) => viewEntry(await readEntry(deps, placeOf('pool', params))),
  }),
  route({
    method: 'put',
    path: ONE,
    policy: 'people:write',
    name: 'putPool',
    summary: 'Names an interviewer pool, new under an id of the host application or known. No two have one name.',
    versioned: true,
    body,
    answer: entrySchema,
    refusals: ['resource_name_taken'],
    handle: async ({ deps }, { params, body: { name }, ifMatch, actor }) =>
      viewEntry(await putPool(deps, { ...placeOf('pool', params), by: actor }, name, ifMatch)),
  }),
  route({
    method: 'put',
    path: MEMBER,
    policy: 'people:write',
    name: 'joinPool',
    summary: 'Puts an active employee into an interviewer pool.',
    versioned: true,
    answer: userSchema,
    refusals: ['not_active', 'agency_user'],
    async handle({ deps }, call) {
      const user = await joinPool(deps, targetOf(call), call.params.pool);
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
  route({
    method: 'delete',
    path: MEMBER,
    policy: 'people:write',
    name: 'leavePool',
    summary: 'Takes a user out of an interviewer pool.',
    versioned: true,
    answer: userSchema,
    async handle({ deps }, call) {
      const user = await leavePool(deps, targetOf(call), call.params.pool);
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
  route({
    method: 'delete',
    path: ONE,
    policy: 'people:write',
    name: 'removePool',
    summary: 'Takes an interviewer pool away that nobody is in.',
    status: 204,
    answer: null,
    refusals: ['pool_in_use'],
    handle: ({ deps }, { params: { org, id }, actor }) => removePool(deps, { organizationId: org, id, by: actor }),
  }),
];
