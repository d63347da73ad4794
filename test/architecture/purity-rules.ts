import { SyntaxKind } from 'typescript/unstable/ast';
import { isIn, OUTSIDE_THE_PRODUCT } from './layers.ts';
import type { SourceFacts, SyntaxFact } from './source-facts.ts';

/** Globals through which the outside world comes in. */
const OUTSIDE_WORLD: ReadonlySet<string> = new Set([
  'process',
  'globalThis',
  'console',
  'crypto',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);

/** Expressions whose value is not decided by the arguments. */
const UNREPEATABLE = /^(Date\.now|Math\.random|new Date(\(\s*\))?|Date\(\s*\))$/;

/** Here time, chance and ids are arguments or come through the ports. */
const REPEATABLE: readonly string[] = ['src/core', 'src/services', 'scim', 'workers', 'src/http'];

const EXPRESSIONS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.PropertyAccessExpression,
  SyntaxKind.NewExpression,
  SyntaxKind.CallExpression,
]);

/** Uses of clock, chance, environment and outside world where they do not belong. */
export function purityComplaints(facts: SourceFacts): readonly string[] {
  const { path, nodes } = facts;
  const isCore = isIn(path, 'src/core');
  const isRepeatable = REPEATABLE.some((folder) => isIn(path, folder));
  const mayReadEnvironment = [...OUTSIDE_THE_PRODUCT, 'src/main'].some((folder) => isIn(path, folder));
  return nodes.flatMap((fact) => {
    const text = facts.text(fact.node);
    const complaints: readonly (readonly [boolean, string])[] = [
      [isCore && isGlobal(fact, text), `src/core is pure and may not use ${text}`],
      [
        isRepeatable && EXPRESSIONS.has(fact.kind) && UNREPEATABLE.test(text),
        `${text} does not belong here: take it as an argument`,
      ],
      [readsEnvironment(fact, text) && !mayReadEnvironment, 'only src/main.ts reads process.env'],
    ];
    return complaints.flatMap(([applies, sentence]) => (applies ? [`${path}:${fact.line} ${sentence}`] : []));
  });
}

function readsEnvironment({ kind }: SyntaxFact, text: string): boolean {
  return kind === SyntaxKind.PropertyAccessExpression && text === 'process.env';
}

/** A global used as a value: not the name of somebody's property. */
function isGlobal({ kind, node, parent }: SyntaxFact, text: string): boolean {
  if (kind !== SyntaxKind.Identifier || !OUTSIDE_WORLD.has(text)) return false;
  return !NAMES[parent.kind]?.(node.pos === parent.pos);
}

/** Parents whose identifier is a name: always, or only when it stands first or last. */
const NAMES: { readonly [kind: number]: (first: boolean) => boolean } = {
  [SyntaxKind.PropertyAccessExpression]: (first) => !first,
  [SyntaxKind.PropertyAssignment]: (first) => first,
  [SyntaxKind.PropertySignature]: () => true,
  [SyntaxKind.MethodSignature]: () => true,
  [SyntaxKind.MethodDeclaration]: () => true,
};
