import { z } from 'zod';
import type { ExplainedAttribute, ExplainedRecord } from '../core/explain.ts';
import type { DirectoryName } from '../core/user.ts';
import { type LiveAnswer, VERDICT_CODES } from '../core/verdict-facts.ts';
import type { Explanation } from '../services/explain-user.ts';
import type { Holding } from '../services/held-access.ts';
import { withAttributeNames, withSpokenNames } from './attribute-names.ts';
import { actor, directory, instant, STATUSES, source, values } from './common-schemas.ts';
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

const verdict = z
  .object({
    code: z.enum(VERDICT_CODES),
    source: directory.optional(),
    sentence: z.string(),
    next: z.string().meta({ description: 'What an admin may do now.' }),
  })
  .meta({ id: 'Verdict', description: 'One reason why a person is as they are.' });

const groupSchema = z.object({ source, connectionId: z.string().optional(), id: z.string() });

const live = z
  .object({
    source: directory,
    found: z.boolean().optional().meta({ description: 'Absent: the directory could not be asked.' }),
    message: z.string().optional().meta({ description: 'Why it could not be asked, or why the person is not taken.' }),
    activity: z.enum(['active', 'inactive', 'unknown']).optional(),
    reasons: z.array(z.string()).optional(),
    email: z.string().optional(),
  })
  .meta({ id: 'LiveAnswer', description: 'What a directory said just now.' });

export const explanationSchema = z
  .object({
    user: userSchema.optional().meta({ description: 'Absent: nobody has this address.' }),
    status: z.object({ value: z.enum([...STATUSES, 'unknown']), sentence: z.string() }),
    attributes: z.record(z.string(), attribute).meta({ description: 'By the names of `owners`.' }),
    records: z.array(record),
    groups: z
      .array(z.object({ group: groupSchema, mappings: z.array(z.string()) }))
      .meta({ description: 'The groups that give them something just now, and the mappings that name each.' }),
    verdicts: z.array(verdict).meta({ description: 'The answer first.' }),
    live: z.array(live).optional().meta({ description: 'Only when directories were asked.' }),
    runs: z.array(run).meta({ description: 'Recent runs, the newest first.' }),
  })
  .meta({ id: 'Explanation', description: 'Why a person is as they are.' });

/** An explanation under the names of the API. */
export function viewExplanation(
  { user, status, attributes, records, runs, verdicts, live, groups, interviewsToReschedule }: Explanation,
  surroundings: Surroundings,
  holding: Holding | null,
): Frozen<z.output<typeof explanationSchema>> {
  return known({
    user:
      user && holding
        ? viewUser(user, surroundings, { ...holding, interviewsToReschedule: interviewsToReschedule ?? undefined })
        : null,
    status,
    attributes: withSpokenNames(
      Object.entries(attributes).map(([name, facts]) => [name, name === 'enabled' ? asStatus(facts, status) : facts]),
    ),
    records: records.map(viewRecord),
    runs: runs.map(known),
    groups: groups.map(({ group, mappings }) => ({ group: known(group), mappings })),
    verdicts: verdicts.map(known),
    live: live && [...live].map(([source, answer]) => viewLive(source as DirectoryName, answer)),
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

function viewLive(source: DirectoryName, answer: LiveAnswer) {
  if (answer.found === null) return { source, message: answer.message };
  if (!answer.found) return { source, found: false };
  const { activity, reasons, email, leftOut } = answer;
  return known({ source, found: true, activity, reasons, email, message: leftOut?.message ?? null });
}

function viewRecord(facts: ExplainedRecord) {
  return known({ ...facts, attributes: withAttributeNames(facts.attributes) });
}
