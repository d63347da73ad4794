import type { AttributeDocument } from './scim-schema.ts';

/** An attribute of which only name and type must be told. */
export type GivenAttribute = Pick<AttributeDocument, 'name' | 'type'> & {
  readonly [Characteristic in keyof Omit<AttributeDocument, 'subAttributes'>]?:
    | AttributeDocument[Characteristic]
    | undefined;
} & { readonly subAttributes?: readonly GivenAttribute[] | undefined };

/** The attribute with every characteristic that RFC 7643 §7 knows, in its order: what is left out has the default of §2.2. */
export function completeAttribute(given: GivenAttribute): AttributeDocument {
  const { name, type, multiValued = false, description = '', required = false, caseExact = type === 'binary' } = given;
  const {
    canonicalValues,
    mutability = 'readWrite',
    returned,
    uniqueness = 'none',
    referenceTypes,
    subAttributes,
  } = given;
  return {
    name,
    type,
    multiValued,
    description,
    required,
    ...(canonicalValues && canonicalValues.length > 0 ? { canonicalValues } : {}),
    caseExact,
    mutability,
    returned: returned ?? (mutability === 'writeOnly' ? 'never' : 'default'),
    uniqueness,
    ...(referenceTypes && referenceTypes.length > 0 ? { referenceTypes } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(completeAttribute) } : {}),
  };
}
