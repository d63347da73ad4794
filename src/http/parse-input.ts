import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Mistake } from '../core/mistake.ts';

const MOST_MISTAKES = 20;
const LONGEST_PATH = 100;

/** Checks what a client sent against a schema. Throws `invalid` with every mistake; values are never repeated. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, at = ''): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidInput(result.error.issues.flatMap((issue) => mistakesOf(issue, value, at)));
}

/** The refusal that names mistakes. */
export function invalidInput(mistakes: readonly Mistake[]): AppError {
  const errors = mistakes.slice(0, MOST_MISTAKES).map(({ path, message }) => ({ path: shortened(path), message }));
  const sentences = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new AppError('invalid', sentences.join('; '), { errors });
}

function mistakesOf(issue: z.core.$ZodIssue, sent: unknown, at: string): readonly Mistake[] {
  const path = [...(at === '' ? [] : [at]), ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
  const missing = ABSENT_IS.includes(issue.code) && valueAt(sent, issue.path) === undefined;
  return [{ path: path.join('.'), message: missing ? 'is missing' : decapitalized(issue.message) }];
}

/** What is wrong with something that is not there. */
const ABSENT_IS: readonly z.core.$ZodIssue['code'][] = ['invalid_type', 'invalid_value'];

function valueAt(sent: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (isIn(value, name) ? value[name] : undefined), sent);
}

const isIn = (value: unknown, name: PropertyKey): value is { readonly [name: PropertyKey]: unknown } =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name);

const shortened = (path: string) => (path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path);

const decapitalized = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
