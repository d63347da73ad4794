import { posix } from 'node:path';
import { isIn, LAYERS, layerOf, OUTSIDE_THE_PRODUCT, PACKAGES, STRANGERS } from './layers.ts';
import type { SourceFacts } from './source-facts.ts';

/** Imports against the direction of the house, one sentence each. */
export function importComplaints({ path, imports }: SourceFacts): readonly string[] {
  const layer = layerOf(path);
  if (layer === undefined) return [`${path} belongs to no layer`];
  return imports.flatMap(({ specifier, line }) => {
    const breach = specifier.startsWith('.')
      ? ownBreach(path, layer, posix.join(posix.dirname(path), specifier))
      : packageBreach(path, specifier);
    return breach ? [`${path}:${line} ${breach}`] : [];
  });
}

function ownBreach(path: string, layer: string, target: string): string | null {
  if (target.startsWith('..')) return `imports ${target} from outside of the project`;
  const allowed = [layer, ...(LAYERS.get(layer) ?? [])].some((folder) => isIn(target, folder));
  const strange = STRANGERS.some(
    (pair) =>
      pair.some((folder) => isIn(path, folder)) && pair.some((folder) => isIn(target, folder) && !isIn(path, folder)),
  );
  const data = target.endsWith('.json');
  return (allowed && !strange) || (data && isOutside(path)) ? null : `${layer} may not import ${target}`;
}

function packageBreach(path: string, specifier: string): string | null {
  if (isOutside(path)) return null;
  const name = packageOf(specifier);
  if (isIn(path, 'src/core')) return `src/core is pure and may not import ${name}`;
  const folders = PACKAGES.get(name);
  if (folders?.some((folder) => isIn(path, folder))) return null;
  if (folders) return `only ${folders.join(', ')} may import ${name}`;
  return name.startsWith('node:') ? null : `no rule says who may import ${name}`;
}

const isOutside = (path: string) => OUTSIDE_THE_PRODUCT.some((folder) => isIn(path, folder));

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  const [scope = '', name] = specifier.split('/');
  return scope.startsWith('@') && name ? `${scope}/${name}` : scope;
}
