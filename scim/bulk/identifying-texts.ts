import { fold } from '../../src/core/fold.ts';
import { isList, isObject, type Json } from '../../src/core/json.ts';
import { ENTERPRISE_USER } from '../schema/urns.ts';

/** Attributes whose values two resources may have alike, folded: nobody is told apart, or taken for somebody else, by them. */
const SHARED: ReadonlySet<string> = new Set(
  [
    'schemas',
    'meta',
    'active',
    'name',
    'nickName',
    'profileUrl',
    'title',
    'userType',
    'preferredLanguage',
    'locale',
    'timezone',
    'password',
    'phoneNumbers',
    'ims',
    'photos',
    'addresses',
    'groups',
    'entitlements',
    'roles',
    'x509Certificates',
    ENTERPRISE_USER,
  ].map((name) => name.toLowerCase()),
);
const LABELS: ReadonlySet<string> = new Set(['type', 'primary']);

/**
 * Every text, folded, by which a resource could be the same as another one or get in its way. Creations that have none in common may
 * be done at the same time. An attribute nobody knows here counts.
 */
export function identifyingTexts(data: Json | undefined): ReadonlySet<string> {
  const texts = new Set<string>();
  if (isObject(data))
    for (const name of Object.keys(data)) if (!SHARED.has(name.toLowerCase())) collect(data[name] ?? null, texts);
  return texts;
}

function collect(value: Json, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(fold(value.trim()));
  else if (isList(value)) for (const element of value) collect(element, texts);
  else if (isObject(value))
    for (const name of Object.keys(value)) if (!LABELS.has(name.toLowerCase())) collect(value[name] ?? null, texts);
}
