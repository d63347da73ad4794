/** Folder → the folders its files may import from, beside their own. The most specific row counts. */
export const LAYERS: ReadonlyMap<string, readonly string[]> = layers({
  config: [],
  'src/core': [],
  'src/ports': ['src/core'],
  'src/services': ['src/core', 'src/ports'],
  scim: ['src/core', 'src/ports', 'src/services'],
  workers: ['src/core', 'src/ports', 'src/services'],
  'src/http': ['src/core', 'src/ports', 'src/services'],
  'src/store': ['src/core', 'src/ports'],
  'src/queue': ['src/core', 'src/ports'],
  'src/secrets': ['src/core', 'src/ports'],
  'src/logging': ['src/core', 'src/ports'],
  'src/runtime': ['src/core', 'src/ports'],
  connectors: ['src/core', 'src/ports'],
  'src/compose': ['config', 'src', 'scim', 'workers', 'connectors'],
  'src/main': ['config', 'src', 'scim', 'workers', 'connectors'],
  'src/cli': ['config', 'src', 'scim', 'workers', 'connectors'],
  demo: ['config', 'src', 'scim', 'workers', 'connectors', 'test'],
  examples: [],
  bench: ['config', 'src', 'scim', 'workers', 'connectors', 'test'],
  test: ['config', 'src', 'scim', 'workers', 'connectors', 'demo', 'bench'],
});

/** Two ways to do the same: neither knows the other. */
export const STRANGERS: readonly (readonly [string, string])[] = [
  ['connectors/google', 'connectors/microsoft'],
  ['src/store/sqlite', 'src/store/mongo'],
];

const EVERYWHERE_BUT_CORE = [
  'config',
  'src/ports',
  'src/services',
  'src/http',
  'src/queue',
  'scim',
  'workers',
  'connectors',
];

/** Package → the folders of the product that may import it. */
export const PACKAGES: ReadonlyMap<string, readonly string[]> = layers({
  scimmy: ['scim/schema'],
  googleapis: ['connectors'],
  '@microsoft/microsoft-graph-client': ['connectors/microsoft'],
  pino: ['src/logging'],
  express: ['src/http', 'scim/http', 'src/compose'],
  helmet: ['src/http'],
  'csv-parse': ['src/services'],
  'csv-stringify': ['src/http'],
  zod: EVERYWHERE_BUT_CORE,
  'p-queue': ['src/queue', 'connectors'],
  'node:sqlite': ['src/store/sqlite'],
  mongoose: ['src/store/mongo'],
  bullmq: ['src/queue'],
  ioredis: ['src/queue'],
});

/** Folders that are no part of the product: they may use every installed package. */
export const OUTSIDE_THE_PRODUCT: readonly string[] = ['demo', 'bench', 'test', 'examples'];

/** Whether a file lies in a folder, or is the module of that name. */
export function isIn(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) || path === `${folder}.ts` || path === folder;
}

/** The most specific layer of a file, if any. */
export function layerOf(path: string): string | undefined {
  return [...LAYERS.keys()].filter((folder) => isIn(path, folder)).sort((left, right) => right.length - left.length)[0];
}

function layers(rows: { readonly [name: string]: readonly string[] }): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(rows));
}
