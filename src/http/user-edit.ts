import { z } from 'zod';
import type { Json } from '../core/json.ts';
import type { UserEdit } from '../services/manage-user.ts';
import { canonicalName } from './attribute-names.ts';
import { email, title } from './common-schemas.ts';
import { invalidInput } from './parse-input.ts';

const text = z.string().trim().min(1, 'must not be empty; null clears it').max(500);
const part = text.optional();
const value = { value: text, type: part, display: part, primary: z.boolean().optional() };
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(50).nullable();
const plain = text.nullable();

/** The attributes an admin may edit, by their names in this API; null clears. Identity and access have calls of their own. */
const EDITABLE = {
  displayName: title.nullable(),
  nickName: plain,
  title: plain,
  profileUrl: plain,
  userType: plain,
  preferredLanguage: plain,
  locale: plain,
  timezone: plain,
  employeeNumber: plain,
  costCenter: plain,
  organization: plain,
  division: plain,
  department: plain,
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

/** Attributes may stand beside `name` and `email` or inside `attributes`; there, `name` holds the parts of the name. */
export const editUserSchema = z
  .strictObject({
    ...EDITABLE,
    name: title.nullable().meta({ description: 'The name the person is shown by (displayName).' }),
    email,
    attributes: z.strictObject({ ...EDITABLE, name: nameParts.nullable() }).partial(),
  })
  .partial()
  .meta({ id: 'UserEdit', description: 'What is absent stays as it is; null clears.' });

/** The edit a request asks for. Throws `invalid` when it names an attribute twice. */
export function readUserEdit(body: z.output<typeof editUserSchema>): UserEdit {
  const { name, email: address, attributes: nested = {}, ...direct } = body;
  const attributes = new Map<string, Json>();
  const put = (path: string, api: string, said: unknown): void => {
    const canonical = canonicalName(api);
    if (attributes.has(canonical)) throw invalidInput([{ path, message: `names ${canonical} a second time` }]);
    attributes.set(canonical, said as Json);
  };
  if (name !== undefined) put('name', 'displayName', name);
  for (const [api, said] of Object.entries(direct)) put(api, api, said);
  for (const [api, said] of Object.entries(nested)) put(`attributes.${api}`, api, said);
  return { attributes: Object.fromEntries(attributes), email: address };
}
