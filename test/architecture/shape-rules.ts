import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { isIn, OUTSIDE_THE_PRODUCT } from './layers.ts';
import { isFunction, type SourceFacts, type SyntaxFact } from './source-facts.ts';

export interface Limit {
  readonly what: 'file' | 'function' | 'closure';
  readonly lines: number;
}

/** Lines of a file; of a function without the functions inside it; of a function with everything inside it. */
export const LIMITS: { readonly [What in Limit['what']]: number } = { file: 200, function: 40, closure: 150 };

/** A longer one and the reason a reader would accept. A row that is not needed any more is an error. */
export interface Exception extends Limit {
  readonly path: string;
  readonly reason: string;
}

/** Files, functions and closures of the product longer than their limit. */
export function sizesOver(facts: SourceFacts): readonly (Limit & { readonly line: number })[] {
  if (OUTSIDE_THE_PRODUCT.some((folder) => isIn(facts.path, folder))) return [];
  const functions = facts.nodes.filter(({ node }) => isFunction(node));
  const sizes = functions.flatMap(({ node, line }): readonly (Limit & { readonly line: number })[] => [
    { what: 'function', lines: linesOf(facts, node) - innerLines(facts, functions, node), line },
    { what: 'closure', lines: linesOf(facts, node), line },
  ]);
  return [{ what: 'file' as const, lines: facts.lines, line: 1 }, ...sizes].filter(
    ({ what, lines }) => lines > LIMITS[what],
  );
}

function linesOf(facts: SourceFacts, node: Node): number {
  const [first, last] = facts.span(node);
  return last - first + 1;
}

/** Lines that belong wholly to functions directly inside: what remains includes the lines they begin and end on. */
function innerLines(facts: SourceFacts, functions: readonly SyntaxFact[], outer: Node): number {
  const inside = functions.filter(({ node }) => node !== outer && node.pos >= outer.pos && node.end <= outer.end);
  const direct = inside.filter(({ node }) =>
    inside.every((other) => other.node === node || node.pos < other.node.pos || node.end > other.node.end),
  );
  return direct.reduce((sum, { node }) => sum + Math.max(0, linesOf(facts, node) - 2), 0);
}

/** Constructs the house does without, one sentence each. */
export function shapeComplaints(facts: SourceFacts): readonly string[] {
  const { path, nodes } = facts;
  const complaints = nodes.flatMap((fact) => {
    const breach = breachOf(facts, fact);
    return breach ? [`${path}:${fact.line} ${breach}`] : [];
  });
  const top = topLevel(facts);
  const onlyPassesOn = top.length > 0 && top.every((fact) => isReExport(facts, fact));
  return onlyPassesOn ? [...complaints, `${path} only passes on what others export`] : complaints;
}

function breachOf(facts: SourceFacts, { kind, node, parent, line }: SyntaxFact): string | null {
  if (kind === SyntaxKind.EnumDeclaration) return 'declares an enum: use a union of texts';
  if (kind === SyntaxKind.DefaultKeyword && parent.kind !== SyntaxKind.DefaultClause) return DEFAULT_EXPORT;
  if (kind === SyntaxKind.ExportAssignment) return DEFAULT_EXPORT;
  if (kind === SyntaxKind.ExportSpecifier && /\bdefault$/.test(facts.text(node))) return DEFAULT_EXPORT;
  if (kind === SyntaxKind.ClassDeclaration && !/^[^{]*\bextends \w*Error\b/.test(facts.text(node)))
    return 'declares a class that is no error';
  const isTop = parent.kind === SyntaxKind.SourceFile;
  const works = isTop && !DECLARATIONS.has(kind) && !isEntryPoint(facts.path);
  return works ? `does work at import (line ${line})` : null;
}

const DEFAULT_EXPORT = 'has a default export';

const DECLARATIONS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.VariableStatement,
  SyntaxKind.EnumDeclaration,
  SyntaxKind.ExportAssignment,
  SyntaxKind.EndOfFile,
]);

/** Run (some as threads), never imported. */
const isEntryPoint = (path: string) =>
  /(^|\/)(main|write-[\w-]+|[\w-]+-worker)\.ts$/.test(path) || isIn(path, 'test') || isIn(path, 'examples');

const topLevel = ({ nodes }: SourceFacts) =>
  nodes.filter(({ kind, parent }) => parent.kind === SyntaxKind.SourceFile && kind !== SyntaxKind.EndOfFile);

const isReExport = (facts: SourceFacts, { kind, node }: SyntaxFact) =>
  kind === SyntaxKind.ExportDeclaration && /\bfrom\s+['"]/.test(facts.text(node));
