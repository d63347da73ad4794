import { z } from 'zod';
import { customMistake, LONGEST_TEXT } from '../core/attribute-checks.ts';
import type { Json } from '../core/json.ts';
import type { CustomField } from '../core/person-attributes.ts';
import { title } from './common-schemas.ts';
import { invalidInput } from './parse-input.ts';

const KEY = /^[a-z][A-Za-z0-9]{0,49}$/;

const key = z.string().regex(KEY, 'must be a name such as badgeNumber');
const text = z.string().trim().min(1).max(LONGEST_TEXT);

/** The fields an organization declares for its people. */
export const customFieldsSchema = z
  .array(
    z
      .strictObject({
        key: key.meta({ description: 'Its name, below `custom`.' }),
        name: title.meta({ description: 'What people read.' }),
        type: z.enum(['text', 'number', 'boolean', 'date', 'choice']),
        choices: z.array(text).min(1).max(100).optional().meta({ description: 'Of `choice`: what it may be.' }),
      })
      .refine(({ type, choices }) => (type === 'choice') === (choices !== undefined), {
        path: ['choices'],
        message: 'belong to the type choice, and to no other',
      }),
  )
  .max(50)
  .refine((fields) => new Set(fields.map((field) => field.key)).size === fields.length, 'must have a key each');

/** Values of declared fields; which of them are known is the organization's to say. */
export const customValuesSchema = z
  .record(key, z.union([text, z.number(), z.boolean(), z.null()]))
  .meta({ description: 'Values of the fields that the organization declares; null clears.' });

/** Throws `invalid`, naming the path, for a field that is not declared or a value that is not of its type. */
export function checkCustomValue(path: string, name: string, value: Json, declared: readonly CustomField[]): void {
  const field = declared.find((one) => one.key === name);
  if (!field) throw invalidInput([{ path, message: 'is no field that the organization declares' }]);
  const mistake = value === null ? null : customMistake(field, value);
  if (mistake !== null) throw invalidInput([{ path, message: mistake }]);
}
