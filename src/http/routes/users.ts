import { z } from 'zod';
import { AppError, notFound } from '../../core/errors.ts';
import type { Attributes } from '../../core/user.ts';
import { createUser, editUser } from '../../services/manage-user.ts';
import { readOrganization } from '../../services/organizations.ts';
import { STATUSES } from '../common-schemas.ts';
import { targetOf } from '../operator.ts';
import { PAGING, pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';
import { editUserSchema, newUserSchema, readUserEdit } from '../user-edit.ts';
import {
  appliedDefaults,
  appliedDefaultsSchema,
  conditionBesideStatus,
  conditionOf,
  orderOf,
  statusesOf,
  USER_FILTERS,
  USER_SORT,
} from '../user-filters.ts';
import { readSurroundings, userSchema, viewOneUser, viewUsers } from '../user-view.ts';

const PATH = '/api/organizations/:org/users';
const ONE = `${PATH}/:id` as const;

const listQuery = z.strictObject({
  ...USER_FILTERS,
  sort: USER_SORT,
  ...PAGING,
});

const count = z.int();

export const userRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listUsers',
    summary: 'Lists users: active employees, unless the filters say otherwise.',
    query: listQuery,
    answer: pageOf(userSchema).extend({
      counts: z
        .object({ unprovisioned: count, active: count, deactivated: count, terminated: count })
        .meta({ description: 'By status, of those whom all other filters select.' }),
      appliedDefaults: appliedDefaultsSchema,
    }),
    async handle({ deps }, { params: { org }, query: { cursor = null, limit, sort, ...filters } }) {
      const { users } = deps.stores;
      const surroundings = await readSurroundings(deps, org);
      const { items, next } = await users.list(org, conditionOf(filters), cursor, limit, orderOf(sort));
      const counts = await users.countByStatus(org, conditionBesideStatus(filters));
      const statuses = statusesOf(filters);
      const shown = STATUSES.filter((status) => statuses.length === 0 || statuses.includes(status));
      const total = shown.reduce((sum, status) => sum + counts[status], 0);
      const views = await viewUsers(deps, items, surroundings);
      return { items: views, next, total, counts, appliedDefaults: appliedDefaults(filters) };
    },
  }),
  route({
    method: 'post',
    path: PATH,
    policy: 'people:write',
    name: 'createUser',
    summary: 'Adds a user by hand, unprovisioned until activated. Nobody is mailed.',
    body: newUserSchema,
    status: 201,
    answer: userSchema,
    versioned: true,
    refusals: ['overridden', 'email_taken', 'agency_archived'],
    async handle({ deps }, { params: { org }, actor, body: { kind: _kind, agencyId, ...edit } }) {
      const surroundings = await readSurroundings(deps, org);
      const { attributes } = readUserEdit(edit, surroundings.organization.settings.customFields ?? []);
      const user = await createUser(deps, org, actor, {
        attributes: withValue(attributes),
        email: edit.email,
        agencyId,
      });
      return viewOneUser(deps, user, surroundings);
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readUser',
    summary: 'Reads a user.',
    answer: userSchema,
    versioned: true,
    async handle({ deps }, { params: { org, id } }) {
      const surroundings = await readSurroundings(deps, org);
      const user = await deps.stores.users.get(org, id);
      if (!user) throw notFound('user');
      return viewOneUser(deps, user, surroundings);
    },
  }),
  route({
    method: 'patch',
    path: ONE,
    policy: 'people:write',
    name: 'editUser',
    summary: 'Edits what no higher source asserts. An address can be amended.',
    body: editUserSchema,
    answer: userSchema,
    versioned: true,
    refusals: ['overridden', 'email_taken'],
    async handle({ deps }, call) {
      const { settings } = await readOrganization(deps, call.params.org);
      const user = await editUser(deps, targetOf(call), readUserEdit(call.body, settings.customFields ?? []));
      return viewOneUser(deps, user, await readSurroundings(deps, call.params.org));
    },
  }),
  route({
    method: 'delete',
    path: ONE,
    policy: 'people:write',
    name: 'deleteUser',
    summary: 'Is refused: users are never deleted.',
    status: 405,
    answer: null,
    refusals: ['never_deleted'],
    handle() {
      throw new AppError('never_deleted', 'users are never deleted; deactivate or terminate this one instead');
    },
  }),
];

/** Of somebody new there is nothing yet to clear. */
function withValue(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}
