import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Body } from '../support/api-client.ts';

const text = { type: 'string', minLength: 1 };
const schema = { $ref: 'https://json-schema.org/draft/2020-12/schema' };
const mapOf = (values: object) => ({ type: 'object', additionalProperties: values });
const header = {
  type: 'object',
  required: ['schema'],
  properties: { schema, description: text },
  additionalProperties: false,
};
const securityScheme = {
  type: 'object',
  required: ['type', 'scheme'],
  properties: { type: { type: 'string', enum: ['http'] }, scheme: text, description: text },
  additionalProperties: false,
};

/** The parts of the OpenAPI 3.1 specification that an API like ours touches (§4.8), strictly. */
const OPENAPI = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components', 'servers'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { title: text, version: text, description: text },
      additionalProperties: false,
    },
    servers: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['url'], properties: { url: text }, additionalProperties: false },
    },
    paths: { type: 'object', patternProperties: { '^/': { $ref: '#/$defs/pathItem' } }, additionalProperties: false },
    components: {
      type: 'object',
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { type: 'string', pattern: '^[\\w.-]+$' },
          additionalProperties: schema,
        },
        securitySchemes: mapOf(securityScheme),
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
  $defs: {
    pathItem: {
      type: 'object',
      propertyNames: { type: 'string', enum: ['get', 'put', 'post', 'patch', 'delete'] },
      additionalProperties: { $ref: '#/$defs/operation' },
    },
    operation: {
      type: 'object',
      required: ['operationId', 'summary', 'tags', 'security', 'responses'],
      properties: {
        operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+$' },
        summary: { type: 'string', pattern: '\\.$' },
        tags: { type: 'array', items: text, minItems: 1 },
        security: { type: 'array', items: mapOf({ type: 'array', items: text }) },
        parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
        requestBody: {
          type: 'object',
          required: ['content', 'required'],
          properties: { required: { type: 'boolean' }, content: { $ref: '#/$defs/content' } },
          additionalProperties: false,
        },
        responses: {
          type: 'object',
          minProperties: 1,
          patternProperties: { '^[1-5]\\d\\d$': { $ref: '#/$defs/response' } },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    parameter: {
      type: 'object',
      required: ['name', 'in', 'required', 'schema'],
      properties: {
        name: text,
        in: { type: 'string', enum: ['path', 'query', 'header'] },
        required: { type: 'boolean' },
        description: text,
        style: { type: 'string', enum: ['form'] },
        explode: { type: 'boolean' },
        schema,
      },
      additionalProperties: false,
    },
    response: {
      type: 'object',
      required: ['description'],
      properties: {
        description: text,
        headers: mapOf(header),
        content: { $ref: '#/$defs/content' },
      },
      additionalProperties: false,
    },
    content: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'object',
        required: ['schema'],
        properties: { schema },
        additionalProperties: false,
      },
    },
  },
};

/** What is wrong with a document, one sentence each. */
export function openApiComplaints(document: Body): readonly string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const valid = ajv.compile(OPENAPI);
  if (!valid(document)) return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return [...danglingReferences(document), ...operationComplaints(document)];
}

function danglingReferences(document: Body): readonly string[] {
  const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  const used = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
  const unused = known.filter((reference) => !used.includes(reference)).map((reference) => `nobody uses ${reference}`);
  return [...used.filter((reference) => !known.includes(reference)).map((to) => `${to} leads nowhere`), ...unused];
}

function operationComplaints({ paths, components }: Body): readonly string[] {
  const operations = Object.entries<Body>(paths).flatMap(([path, methods]) =>
    Object.entries<Body>(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two operations are called ${id}`),
    ...operations.flatMap(({ path, operation }) => parameterComplaints(path, operation)),
    ...operations.flatMap(({ path, operation }) =>
      operation.security
        .flatMap((scheme: object) => Object.keys(scheme))
        .filter((scheme: string) => !(scheme in components.securitySchemes))
        .map((scheme: string) => `${path} needs ${scheme}, which is not described`),
    ),
    ...operations
      .filter(({ method, operation }) => method === 'get' && operation.requestBody)
      .map(({ path }) => `${path} reads with a body`),
  ];
}

function parameterComplaints(path: string, { parameters = [] }: Body): readonly string[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = parameters.filter((parameter: Body) => parameter.in === 'path');
  const names = declared.map(({ name }: Body) => name);
  const keys = parameters.map((parameter: Body) => `${parameter.in} ${parameter.name}`);
  return [
    ...(inPath.join() === names.join() ? [] : [`${path} declares the path parameters ${names.join()}`]),
    ...declared.filter((parameter: Body) => !parameter.required).map(() => `${path} has an optional path parameter`),
    ...(new Set(keys).size === keys.length ? [] : [`${path} declares a parameter twice`]),
  ];
}
