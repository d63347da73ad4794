import type { Answer, Json } from './client.ts';
import { complaintAbout } from './complaint.ts';

/** Complains unless something holds of an answer; `needed` says what the provider needs. */
export function check(answer: Answer, holds: boolean, needed: string): void {
  if (!holds) throw complaintAbout(answer, needed);
}

/** Complains unless the answer has one of these statuses. */
export function checkStatus(answer: Answer, ...statuses: readonly number[]): void {
  check(answer, statuses.includes(answer.status), `${statuses.join(' or ')} is needed`);
}

/** The resource in an answer; complains unless it is one, with an id. */
export function resourceOf(answer: Answer, ...statuses: readonly number[]): Json {
  checkStatus(answer, ...statuses);
  check(answer, typeof answer.body?.id === 'string', 'a resource with an id is needed in the body');
  return answer.body;
}

/** The resources of a list; complains unless it is a ListResponse whose figures are numbers. */
export function listOf(answer: Answer): readonly Json[] {
  checkStatus(answer, 200);
  for (const name of ['totalResults', 'startIndex', 'itemsPerPage'])
    check(answer, typeof answer.body?.[name] === 'number', `${name} must be a JSON number`);
  const { Resources = [] } = answer.body;
  check(answer, Array.isArray(Resources), 'Resources must be a list');
  return Resources;
}

/** Complains unless a resource says all of this; of lists, unless each thing expected is somewhere in it. */
export function checkSays(answer: Answer, facts: object): void {
  check(answer, says(answer.body, facts), `the resource must say ${JSON.stringify(facts)}`);
}

/** Whether a value says everything that is expected, and perhaps more. */
export function says(value: Json, expected: Json): boolean {
  if (Array.isArray(expected))
    return Array.isArray(value) && expected.every((item) => value.some((each: Json) => says(each, item)));
  if (typeof expected === 'object' && expected !== null)
    return Object.entries(expected).every(([name, member]) => says(value?.[name], member));
  return value === expected;
}
