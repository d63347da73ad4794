import { check, checkStatus, listOf } from './checks.ts';
import type { Answer, Json } from './client.ts';
import type { Desk } from './desk.ts';

const FEATURES = ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'];
const CHARACTERISTICS: ReadonlyMap<string, readonly string[]> = new Map([
  ['type', ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex']],
  ['mutability', ['readOnly', 'readWrite', 'immutable', 'writeOnly']],
  ['returned', ['always', 'never', 'default', 'request']],
  ['uniqueness', ['none', 'server', 'global']],
]);

/** Reads all the server says of itself (RFC 7643 §5-7) and refuses what is incomplete or contradicts itself. */
export async function checkDiscovery(desk: Desk): Promise<void> {
  const config = await desk.get('/ServiceProviderConfig');
  checkStatus(config, 200);
  for (const feature of FEATURES)
    check(
      config,
      typeof config.body?.[feature]?.supported === 'boolean',
      `${feature}.supported must say true or false`,
    );
  check(config, Array.isArray(config.body.authenticationSchemes), 'authenticationSchemes are needed');
  const types = await desk.get('/ResourceTypes');
  const schemas = await desk.get('/Schemas');
  const known = new Set(listOf(schemas).map(({ id }) => id));
  for (const type of listOf(types)) await checkType(desk, types, type, known);
  for (const schema of listOf(schemas)) checkAttributes(schemas, schema.id, schema.attributes);
  for (const answer of [config, types, schemas])
    check(answer, !/:\s*null\b/.test(answer.text), 'a document with null is not valid');
}

async function checkType(desk: Desk, types: Answer, type: Json, known: ReadonlySet<string>): Promise<void> {
  for (const member of ['name', 'endpoint', 'schema'])
    check(types, typeof type[member] === 'string', `a resource type needs ${member}`);
  const named: readonly string[] = [type.schema, ...(type.schemaExtensions ?? []).map(({ schema }: Json) => schema)];
  for (const urn of named) check(types, known.has(urn), `${urn} must be listed under /Schemas`);
  const one = await desk.get(`/ResourceTypes/${type.name}`);
  checkStatus(one, 200);
  check(one, one.body?.schema === type.schema, 'it must be as in the list');
}

function checkAttributes(answer: Answer, owner: string, attributes: Json): void {
  check(answer, Array.isArray(attributes), `${owner} needs a list of attributes`);
  for (const attribute of attributes) {
    const name = `${owner}:${attribute.name}`;
    for (const [characteristic, values] of CHARACTERISTICS) {
      const value = attribute[characteristic];
      check(answer, value === undefined || values.includes(value), `${name} has the ${characteristic} ${value}`);
    }
    check(answer, typeof attribute.multiValued === 'boolean', `${name} must say whether it is multi-valued`);
    if (attribute.type === 'complex') checkAttributes(answer, name, attribute.subAttributes);
  }
}
