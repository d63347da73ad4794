import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Mistake } from '../core/mistake.ts';

const MOST_MISTAKES = 20;
const LONGEST_PATH = 100;

/** Checks what a client sent against a schema. Throws `invalid` with every mistake; values are never repeated. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, at = ''): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidInput(result.error.issues.flatMap((issue) => mistakesOf(issue, at)));
}

/** The refusal that names mistakes. */
export function invalidInput(mistakes: readonly Mistake[]): AppError {
  const errors = mistakes.slice(0, MOST_MISTAKES).map(({ path, message }) => ({ path: shortened(path), message }));
  const sentences = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new AppError('invalid', sentences.join('; '), { errors });
}

function mistakesOf(issue: z.core.$ZodIssue, at: string): readonly Mistake[] {
  const path = [...(at === '' ? [] : [at]), ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: path.join('.'), message: missing ? 'is missing' : decapitalized(issue.message) }];
}

const shortened = (path: string) => (path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path);

const decapitalized = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
