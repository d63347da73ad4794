import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { type RollcallOptions, startRollcall, type TestRollcall } from '../support/rollcall.ts';

/** The OpenAPI document as a judge of answers. */
export interface Description {
  readonly document: Body;
  /** Throws when an answer is not what the document says. */
  check(answer: ApiAnswer): void;
  /** `operationId status` of everything judged so far. */
  readonly seen: ReadonlySet<string>;
}

/** Starts Rollcall with every answer of its operator API held against its own description. */
export async function startDescribed(
  options: RollcallOptions = {},
): Promise<TestRollcall & { description: Description }> {
  let check: Description['check'] = () => {};
  const rollcall = await startRollcall({ ...options, onAnswer: (answer) => check(answer) });
  const { body } = await rollcall.api.get('/openapi.json');
  const description = judgeBy(body);
  check = description.check;
  return { ...rollcall, description };
}

interface Operation {
  readonly pattern: RegExp;
  readonly method: string;
  readonly operation: Body;
}

/** `Fixed` before `{variable}`: the more fixed parts, the more exact the path. */
const fixedParts = (path: string) => path.split('/').filter((part) => !part.startsWith('{')).length;

export function judgeBy(document: Body): Description {
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ } });
  const compiled = new Map<object, ValidateFunction>();
  const seen = new Set<string>();
  const operations: readonly Operation[] = Object.keys(document.paths)
    .sort((left, right) => fixedParts(right) - fixedParts(left))
    .flatMap((path) =>
      Object.entries(document.paths[path]).map(([method, operation]) => ({
        pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
        method: method.toUpperCase(),
        operation,
      })),
    );

  const compile = (schema: object): ValidateFunction => {
    const known = compiled.get(schema);
    if (known) return known;
    const whole = { ...schema, $defs: document.components.schemas };
    const made = ajv.compile(JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')));
    compiled.set(schema, made);
    return made;
  };

  const validate = ({ method, path, body, text }: ApiAnswer, schema: object) => {
    const valid = compile(schema);
    if (!valid(body ?? text))
      throw new Error(`${method} ${path}: not as described: ${ajv.errorsText(valid.errors)} in ${text}`);
  };

  return {
    document,
    seen,
    check(answer) {
      const [path = ''] = answer.path.split('?');
      const found = operations.find(({ pattern, method }) => method === answer.method && pattern.test(path));
      if (!found) {
        if (path.startsWith('/api')) validate(answer, document.components.schemas.Problem);
        return;
      }
      seen.add(`${found.operation.operationId} ${answer.status}`);
      const response = found.operation.responses[answer.status];
      if (!response) throw new Error(`${answer.method} ${path}: ${answer.status} is not described: ${answer.text}`);
      if (answer.status >= 400 && !response.description.includes(`\`${answer.body?.code}\``))
        throw new Error(`${answer.method} ${path}: the refusal ${answer.body?.code} is not described`);
      const [mediaType] = Object.keys(response.content ?? {});
      if (!mediaType) {
        if (answer.text !== '') throw new Error(`${answer.method} ${path}: a body where none is described`);
        return;
      }
      if (answer.method === 'HEAD') return;
      if (answer.headers['content-type']?.split(';')[0] !== mediaType)
        throw new Error(`${answer.method} ${path}: ${answer.headers['content-type']} where ${mediaType} is described`);
      validate(answer, response.content[mediaType].schema);
    },
  };
}
