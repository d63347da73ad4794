import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';

/** Path from the root of the project → text. */
export interface Sources {
  readonly [path: string]: string;
}

export interface SyntaxFact {
  readonly kind: SyntaxKind;
  readonly node: Node;
  readonly parent: Node;
  /** 1-based. */
  readonly line: number;
}

/** What the rules need to know about one source file. */
export interface SourceFacts {
  readonly path: string;
  readonly lines: number;
  /** Module specifiers of imports, re-exports, dynamic imports and import types. */
  readonly imports: readonly { readonly specifier: string; readonly line: number }[];
  /** Every node of the syntax tree but the root, in the order of the text. */
  readonly nodes: readonly SyntaxFact[];
  /** The text of a node. */
  text(node: Node): string;
  /** First and last line of a node, without the comment before it. */
  span(node: Node): readonly [number, number];
}

const FUNCTIONS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);

export const isFunction = (node: Node): boolean => FUNCTIONS.has(node.kind);

/**
 * Parses TypeScript files (nothing is resolved or checked) and tells what stands in them.
 */
export function sourceFacts(sources: Sources): readonly SourceFacts[] {
  const config = JSON.stringify({ compilerOptions: { noLib: true, noResolve: true, types: [], noEmit: true } });
  const files = Object.entries(sources).map(([path, text]) => [`/project/${path}`, text]);
  const fs = createVirtualFileSystem({ ...Object.fromEntries(files), '/project/tsconfig.json': config });
  const api = new API({ fs, cwd: '/project' });
  try {
    const snapshot = api.updateSnapshot({ openProjects: ['/project/tsconfig.json'] });
    const program = snapshot.getProject('/project/tsconfig.json')?.program;
    return Object.entries(sources).map(([path, text]) => {
      const file = program?.getSourceFile(`/project/${path}`);
      if (!file) throw new Error(`${path} was not parsed`);
      return factsOf(path, text, file);
    });
  } finally {
    api.close();
  }
}

function factsOf(path: string, text: string, root: Node): SourceFacts {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  const lineAt = (position: number) => starts.findLastIndex((start) => start <= position) + 1;
  const startOf = (node: Node) => node.pos + triviaLength(text, node.pos);
  const textOf = (node: Node) => text.slice(startOf(node), node.end);
  const nodes: SyntaxFact[] = [];
  const walk = (node: Node, parent: Node) => {
    nodes.push({ kind: node.kind, node, parent, line: lineAt(startOf(node)) });
    node.forEachChild((child) => walk(child, node));
  };
  root.forEachChild((child) => walk(child, root));
  return {
    path,
    lines: text.trimEnd().split('\n').length,
    imports: nodes.filter(isImport(textOf)).map(({ node, line }) => ({ specifier: textOf(node).slice(1, -1), line })),
    nodes,
    text: textOf,
    span: (node) => [lineAt(startOf(node)), lineAt(node.end)],
  };
}

/** White space and comments before a node belong to its range. */
function triviaLength(text: string, position: number): number {
  const trivia = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  trivia.lastIndex = position;
  return trivia.exec(text)?.[0].length ?? 0;
}

const IMPORTERS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.ImportType,
]);

/** Whether a node is the text that names a module. */
function isImport(textOf: (node: Node) => string) {
  return ({ kind, parent }: SyntaxFact): boolean => {
    if (kind !== SyntaxKind.StringLiteral && kind !== SyntaxKind.NoSubstitutionTemplateLiteral) return false;
    if (parent.kind === SyntaxKind.CallExpression) return /^(import|require)\b/.test(textOf(parent));
    return IMPORTERS.has(parent.kind === SyntaxKind.LiteralType ? parent.parent.kind : parent.kind);
  };
}
