import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the project, by its path from the root. */
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** One instruction of a Dockerfile, continued lines joined. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Reads a Dockerfile: comments gone, in order. */
export function instructionsOf(dockerfile: string): readonly Instruction[] {
  const lines = dockerfile.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return lines.split('\n').flatMap((line) => {
    const found = /^([A-Z]+) +(.*)$/.exec(line);
    return found ? [{ name: found[1] ?? '', rest: found[2] ?? '' }] : [];
  });
}

/** The argument list of the last instruction of this name, which must be in exec form. */
export function execForm(instructions: readonly Instruction[], name: string): readonly string[] {
  const rest = instructions.findLast((instruction) => instruction.name === name)?.rest ?? '';
  return JSON.parse(rest.slice(rest.indexOf('['))) as readonly string[];
}

/** The variables the image sets. */
export function imageEnvironment(instructions: readonly Instruction[]): { readonly [name: string]: string } {
  const assignments = instructions.filter(({ name }) => name === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return Object.fromEntries(assignments.map((text) => text.split('=') as [string, string]));
}

/** What the last stage copies out of the project: sources, and where they go below its working folder. */
export function copiedFiles(instructions: readonly Instruction[]): readonly (readonly [string, string])[] {
  const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const copies = lastStage.filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from='));
  return copies.flatMap(({ rest }) => {
    const paths = rest.split(/\s+/);
    const target = paths.at(-1) ?? '';
    return paths.slice(0, -1).map((path) => [path, target.endsWith('/') ? `${target}${path}` : target] as const);
  });
}

/** The blocks of YAML that are indented below a key, by their own keys; enough for a file without tabs and anchors in keys. */
export function yamlBlocks(yaml: string, key: string): ReadonlyMap<string, string> {
  const body = yaml.split(new RegExp(`^${key}:\\n`, 'm'))[1]?.split(/^\S/m)[0] ?? '';
  const blocks = body.split(/^ {2}(?=[\w-]+:)/m).slice(1);
  return new Map(blocks.map((block) => [block.slice(0, block.indexOf(':')), block]));
}
