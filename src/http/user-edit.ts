import { z } from 'zod';
import { isTimeZone, isWebAddress, LONGEST_TEXT, MISTAKES, MOST_INTERVIEWS } from '../core/attribute-checks.ts';
import type { Json } from '../core/json.ts';
import type { CustomField } from '../core/person-attributes.ts';
import type { UserEdit } from '../services/manage-user.ts';
import { CUSTOM, canonicalName } from './attribute-names.ts';
import { email, title } from './common-schemas.ts';
import { checkCustomValue, customValuesSchema } from './custom-fields.ts';
import { invalidInput } from './parse-input.ts';
import { userKind } from './user-view.ts';

const text = z.string().trim().min(1, 'must not be empty; null clears it').max(LONGEST_TEXT);
const part = text.optional();
const value = { value: text, type: part, display: part, primary: z.boolean().optional() };
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(50).nullable();
const plain = text.nullable();

const wholeNumber = (most: number) => z.int().min(0).max(most).nullable();

/** What a time zone is: a name the IANA database knows. */
const timeZone = text.refine(isTimeZone, MISTAKES.timeZone);

/** The attributes an admin may edit, by their names in this API; null clears all but the name. Identity and access have calls of their own. */
const EDITABLE = {
  displayName: title,
  nickName: plain,
  title: plain,
  profileUrl: plain,
  userType: plain,
  preferredLanguage: plain,
  locale: plain,
  timezone: timeZone.nullable(),
  employeeNumber: plain,
  costCenter: plain,
  organization: plain,
  division: plain,
  department: plain,
  location: plain,
  linkedIn: text.refine(isWebAddress, MISTAKES.webAddress).meta({ format: 'uri' }).nullable(),
  dailyInterviewLimit: wholeNumber(MOST_INTERVIEWS.dailyInterviewLimit).meta({
    description: 'Interviews a day at most.',
  }),
  weeklyInterviewLimit: wholeNumber(MOST_INTERVIEWS.weeklyInterviewLimit).meta({
    description: 'Interviews a week at most.',
  }),
  custom: customValuesSchema,
  manager: z.strictObject({ value: part, displayName: part }).nullable(),
  phoneNumbers: listOf(z.strictObject(value)),
  ims: listOf(z.strictObject(value)),
  photos: listOf(z.strictObject(value)),
  addresses: listOf(
    z.strictObject({
      formatted: part,
      streetAddress: part,
      locality: part,
      region: part,
      postalCode: part,
      country: part,
      type: part,
      primary: z.boolean().optional(),
    }),
  ),
};

const nameParts = z.strictObject({
  formatted: part,
  familyName: part,
  givenName: part,
  middleName: part,
  honorificPrefix: part,
  honorificSuffix: part,
});

const edit = {
  ...EDITABLE,
  name: title.meta({ description: 'The name the person is shown by (displayName).' }),
  email,
  attributes: z.strictObject({ ...EDITABLE, name: nameParts.nullable() }).partial(),
};

/** Attributes may stand beside `name` and `email` or inside `attributes`; there, `name` holds the parts of the name. */
export const editUserSchema = z.strictObject(edit).partial().meta({
  id: 'UserEdit',
  description: 'What is absent stays as it is; null clears, but never the name or the address.',
});

const agencyId = z.string().min(1).max(200).meta({ description: 'Of an agency user; others have none.' });

/** Somebody new: a name, an address, and whatever an edit may say. */
export const newUserSchema = z
  .strictObject(edit)
  .partial()
  .extend({ name: title, email, kind: userKind.optional(), agencyId: agencyId.optional() })
  .refine((body) => (body.kind === 'agency') === (body.agencyId !== undefined), {
    path: ['agencyId'],
    error: 'goes with the kind agency, and only with it',
  })
  .meta({ id: 'NewUser' });

/**
 * The edit a request asks for. Throws `invalid` when it names an attribute twice, or a field that the organization does not declare.
 */
export function readUserEdit(body: z.output<typeof editUserSchema>, declared: readonly CustomField[]): UserEdit {
  const { name, email: address, attributes: nested = {}, ...direct } = body;
  const attributes = new Map<string, Json>();
  const put = (path: string, api: string, said: unknown): void => {
    const canonical = canonicalName(api);
    if (attributes.has(canonical)) throw invalidInput([{ path, message: `names ${canonical} a second time` }]);
    attributes.set(canonical, said as Json);
  };
  if (name !== undefined) put('name', 'displayName', name);
  const putAll = (at: string, said: object): void => {
    for (const [api, value] of Object.entries(said)) {
      const path = `${at}${api}`;
      if (api !== CUSTOM) put(path, api, value);
      else
        for (const [key, one] of Object.entries(value as { readonly [key: string]: Json })) {
          checkCustomValue(`${path}.${key}`, key, one, declared);
          put(`${path}.${key}`, `${CUSTOM}.${key}`, one);
        }
    }
  };
  putAll('', direct);
  putAll('attributes.', nested);
  return { attributes: Object.fromEntries(attributes), email: address };
}
