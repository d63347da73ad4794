import { z } from 'zod';
import { AppError, notFound } from '../../core/errors.ts';
import type { Condition, UserField } from '../../ports/condition.ts';
import { createUser, editUser } from '../../services/manage-user.ts';
import { email, SOURCES, STATUSES, title } from '../common-schemas.ts';
import { OPERATOR, targetOf } from '../operator.ts';
import { anyOf, PAGING, pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';
import { editUserSchema, readUserEdit } from '../user-edit.ts';
import { readSurroundings, userKind, userSchema, viewUser } from '../user-view.ts';

const PATH = '/api/organizations/:org/users';
const ONE = `${PATH}/:id` as const;

const EVERYONE = 'all';
const DEFAULT_STATUS = 'active';

const listQuery = z.strictObject({
  ...PAGING,
  status: anyOf([...STATUSES, EVERYONE]).optional(),
  source: anyOf(SOURCES).optional(),
  q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the name or the address.' }),
});

export const userRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'operator',
    name: 'listUsers',
    summary: 'Lists users in the order of creation: active ones, unless status says otherwise.',
    query: listQuery,
    answer: pageOf(userSchema).extend({
      appliedDefaults: z.object({ status: z.string().optional() }).meta({ description: 'Filters nobody asked for.' }),
    }),
    async handle({ deps }, { params: { org }, query }) {
      const surroundings = await readSurroundings(deps, org);
      const { cursor = null, limit, status: statuses = [DEFAULT_STATUS] } = query;
      const condition = conditionOf([
        ['status', statuses.includes(EVERYONE) ? [] : statuses],
        ['sources', query.source ?? []],
        ['q', query.q === undefined ? [] : [query.q]],
      ]);
      const { items, next } = await deps.stores.users.list(org, condition, cursor, limit);
      const total = await deps.stores.users.count(org, condition);
      const appliedDefaults = query.status === undefined ? { status: DEFAULT_STATUS } : {};
      return { items: items.map((user) => viewUser(user, surroundings)), next, total, appliedDefaults };
    },
  }),
  route({
    method: 'post',
    path: PATH,
    policy: 'operator',
    name: 'createUser',
    summary: 'Adds a user by hand, unprovisioned until activated. Nobody is mailed.',
    body: z.strictObject({ name: title, email, kind: userKind.optional() }).meta({ id: 'NewUser' }),
    status: 201,
    answer: userSchema,
    versioned: true,
    refusals: ['overridden', 'email_taken', 'user_name_taken'],
    async handle({ deps }, { params: { org }, body: { name, email, kind } }) {
      const surroundings = await readSurroundings(deps, org);
      const user = await createUser(deps, org, OPERATOR, { attributes: { displayName: name }, email, kind });
      return viewUser(user, surroundings);
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'operator',
    name: 'readUser',
    summary: 'Reads a user.',
    answer: userSchema,
    versioned: true,
    async handle({ deps }, { params: { org, id } }) {
      const surroundings = await readSurroundings(deps, org);
      const user = await deps.stores.users.get(org, id);
      if (!user) throw notFound('user');
      return viewUser(user, surroundings);
    },
  }),
  route({
    method: 'patch',
    path: ONE,
    policy: 'operator',
    name: 'editUser',
    summary: 'Edits what no higher source asserts. An address can be amended.',
    body: editUserSchema,
    answer: userSchema,
    versioned: true,
    refusals: ['overridden', 'email_taken', 'user_name_taken'],
    async handle({ deps }, call) {
      const user = await editUser(deps, targetOf(call), readUserEdit(call.body));
      return viewUser(user, await readSurroundings(deps, call.params.org));
    },
  }),
  route({
    method: 'delete',
    path: ONE,
    policy: 'operator',
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

/** All of the fields, each by any of its values; a field without values does not count. */
function conditionOf(wanted: readonly (readonly [UserField, readonly string[]])[]): Condition | null {
  const parts = wanted.flatMap(([field, values]): readonly Condition[] => {
    const any = values.map((value): Condition => ({ field, op: field === 'q' ? 'co' : 'eq', value }));
    return any.length > 1 ? [{ or: any }] : any;
  });
  const [only = null] = parts;
  return parts.length > 1 ? { and: parts } : only;
}
