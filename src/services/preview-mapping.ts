import type { DirectoryPerson } from '../core/directory-person.ts';
import { AppError } from '../core/errors.ts';
import { mapPerson } from '../core/mapping.ts';
import { type MappingRule, optionsOf } from '../core/sync-options.ts';
import type { Attributes, DirectoryName } from '../core/user.ts';
import { type Directory, DirectoryError, type DirectoryPage } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { openDirectory } from './open-directory.ts';
import { readTarget } from './start-run.ts';

export interface MappedPerson extends Pick<DirectoryPerson, 'externalId' | 'email'> {
  readonly before: Attributes;
  readonly after: Attributes;
}

const SHOWN = 5;
const LONGEST_MS = 10_000;

/**
 * Shows on the first five people of the directory what a mapping makes of them, beside what the present one does. Nothing is written.
 * Throws `not_configured`, and `directory_unreachable` with the directory's own words.
 */
export async function previewMapping(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
  mapping: readonly MappingRule[],
): Promise<readonly MappedPerson[]> {
  const { integration } = await readTarget(deps, organizationId, source);
  const present = optionsOf(integration).mapping;
  const { people } = await firstPage(openDirectory(deps, integration));
  return people.slice(0, SHOWN).map((person) => ({
    externalId: person.externalId,
    email: person.email,
    before: mapPerson(person, present, undefined),
    after: mapPerson(person, mapping, undefined),
  }));
}

/** Patience is for runs: whoever looks at a screen is told soon. */
async function firstPage(directory: Directory): Promise<DirectoryPage> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const tooSlow = () =>
      reject(new AppError('directory_unreachable', 'the directory did not answer in time; try again'));
    timer = setTimeout(tooSlow, LONGEST_MS);
  });
  try {
    return await Promise.race([directory.readPage(null), late]);
  } catch (error) {
    throw unreachable(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What a directory's failure is to whoever asked for something at once. */
export function unreachable(error: unknown): unknown {
  return error instanceof DirectoryError ? new AppError('directory_unreachable', error.message, {}, error) : error;
}
