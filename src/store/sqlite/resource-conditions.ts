import type { ResourceCondition, ResourceField } from '../../ports/resource-store.ts';
import { compareField, compileTree, type FieldRule, TEXT, text } from './field-rules.ts';
import { type Fragment, negated } from './fragments.ts';
import { UNOWNED } from './user-columns.ts';

type Leaf = Extract<ResourceCondition, { readonly field: ResourceField }>;

/** The numbers of organization and connection, by which one knows whom the connection sees. */
export interface MemberScope {
  readonly organization: number | null;
  readonly connection: number | null;
}

/** A member row `m` of a resource `r` that readers are shown. */
const SHOWN = `CASE m.kind WHEN 'User'
  THEN EXISTS (SELECT 1 FROM users u WHERE u.organization = ? AND u.scim_id = m.member AND u.scope IN (${UNOWNED}, ?))
  ELSE EXISTS (SELECT 1 FROM resources g WHERE g.space = r.space AND g.id = m.member) END`;

/** Any member that is shown; `ne` when none equals. One member leads to its groups, everything else asks each group. */
const member: FieldRule<MemberScope> = {
  folded: false,
  compare(op, value, scope) {
    if (op === 'ne') return negated(member.compare('eq', value, scope));
    const { sql, values } = TEXT[op]('m.member', value);
    const seen = [scope.organization, scope.connection];
    return op === 'eq'
      ? { sql: `r.n IN (SELECT m.n FROM memberships m WHERE ${sql} AND ${SHOWN})`, values: [...values, ...seen] }
      : {
          sql: `EXISTS (SELECT 1 FROM memberships m WHERE m.n = r.n AND ${sql} AND ${SHOWN})`,
          values: [...values, ...seen],
        };
  },
};

/** Whoever asks for a time mostly means "since last time": announced as rare, so that its index is taken. */
const time = (expression: string): FieldRule<MemberScope> => ({
  folded: false,
  compare(op, value) {
    const { sql, values } = TEXT[op](expression, value);
    return op === 'gt' || op === 'ge' ? { sql: `likelihood(${sql}, 0.001)`, values } : { sql, values };
  },
});

const FIELDS: Readonly<Record<ResourceField, FieldRule<MemberScope>>> = {
  id: text('r.id'),
  externalId: text('r.external_id'),
  displayName: text('r.display_name', true),
  created: time('r.created'),
  lastModified: time('r.updated'),
  member,
};

/** Translates a condition over `resources r` into SQL that selects exactly those it describes. Client text is only ever bound. */
export function resourceConditionSql(condition: ResourceCondition, scope: MemberScope): Fragment {
  return compileTree<Leaf>(condition, ({ field, op, value }) => compareField(FIELDS[field], op, value, scope));
}
