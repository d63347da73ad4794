import { z } from 'zod';
import type { ExplainedAttribute, ExplainedRecord } from '../core/explain.ts';
import type { Explanation } from '../services/explain-user.ts';
import { withAttributeNames, withSpokenNames } from './attribute-names.ts';
import { actor, instant, STATUSES, source, values } from './common-schemas.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';
import { runState } from './run-view.ts';
import { type Surroundings, userSchema, viewUser } from './user-view.ts';

const connection = z.string().optional().meta({ description: 'Name of the SCIM connection, where there are several.' });

const said = z.object({ source, connection, value: z.unknown() });

const attribute = said.extend({
  hidden: z.array(said).meta({ description: 'What other sources say and cannot make true.' }),
});

const record = z
  .object({
    source,
    connectionId: z.string().optional(),
    connection,
    externalId: z.string().optional(),
    enabled: z.boolean().optional().meta({ description: 'Absent: the source says nothing about it.' }),
    activity: z.string().optional(),
    present: z.boolean().optional(),
    granted: z.boolean().optional(),
    terminated: z.boolean(),
    attributes: values,
    email: z.string().optional(),
    at: instant,
    by: actor,
  })
  .meta({ id: 'SourceRecord', description: 'The last thing one source said about the person.' });

const run = z.object({
  id: z.string(),
  source,
  state: runState,
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  saw: z.boolean().optional().meta({ description: 'Whether the run met the person; absent when it does not tell.' }),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
});

export const explanationSchema = z
  .object({
    user: userSchema.optional().meta({ description: 'Absent: nobody has this address.' }),
    status: z.object({ value: z.enum([...STATUSES, 'unknown']), sentence: z.string() }),
    attributes: z.record(z.string(), attribute).meta({ description: 'By the names of `owners`.' }),
    records: z.array(record),
    runs: z.array(run).meta({ description: 'Recent runs, the newest first.' }),
  })
  .meta({ id: 'Explanation', description: 'Why a person is as they are.' });

/** An explanation under the names of the API. */
export function viewExplanation(
  { user, status, attributes, records, runs }: Explanation,
  surroundings: Surroundings,
): Frozen<z.output<typeof explanationSchema>> {
  return known({
    user: user && viewUser(user, surroundings),
    status,
    attributes: withSpokenNames(
      Object.entries(attributes).map(([name, facts]) => [name, name === 'enabled' ? asStatus(facts, status) : facts]),
    ),
    records: records.map(viewRecord),
    runs: runs.map(known),
  });
}

/** Whether somebody is enabled, in the words of statuses. */
function asStatus(facts: ExplainedAttribute, { value }: Explanation['status']) {
  return {
    ...facts,
    value,
    hidden: facts.hidden.map((other) => ({ ...other, value: other.value === true ? 'active' : 'deactivated' })),
  };
}

function viewRecord(facts: ExplainedRecord) {
  return known({ ...facts, attributes: withAttributeNames(facts.attributes) });
}
