import { linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copiedFiles, type Instruction, ROOT } from './files.ts';

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/**
 * Lays the image's files out in an empty folder as the Dockerfile would: what it copies, and of the installed packages those only that
 * `npm ci --omit=dev --omit=optional` installs. Files are linked, not copied: nobody may write to them.
 */
export function layOutImage(instructions: readonly Instruction[], folder: string): void {
  for (const [source, target] of copiedFiles(instructions)) linkAll(join(ROOT, source), join(folder, target));
  for (const path of neededPackages()) linkAll(join(ROOT, path), join(folder, path));
}

/** Folders of the packages that are neither for development nor optional. */
export function neededPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: { readonly [path: string]: LockedPackage };
  };
  return Object.entries(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path]) => path);
}

/** Packages inside of a package are left to their own row of the lock file. */
function linkAll(source: string, target: string): void {
  if (!statSync(source).isDirectory()) {
    mkdirSync(dirname(target), { recursive: true });
    linkSync(source, target);
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) if (name !== 'node_modules') linkAll(join(source, name), join(target, name));
}
