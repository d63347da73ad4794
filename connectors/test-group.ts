import { type DirectoryCheck, DirectoryError, type MembersPage } from '../src/ports/directory.ts';

/**
 * Says in words whether the members of a group can be read, by its first page. Never throws; a fault of ours goes to `report`.
 */
export async function testGroup(
  group: string,
  readFirst: () => Promise<MembersPage>,
  report: (fault: unknown) => void,
): Promise<DirectoryCheck> {
  const name = 'group';
  try {
    const page = await readFirst();
    const asides = [...asidesOf(page), ...page.notices];
    return {
      name,
      ok: true,
      message: `The members of ${group} can be read${asides.map((words) => `; ${words}`).join('')}.`,
    };
  } catch (error) {
    if (!(error instanceof DirectoryError)) report(error);
    const message = error instanceof DirectoryError ? error.message : 'The test itself failed.';
    return { name, ok: false, message: isNamed(group, message) ? message : `${group}: ${message}` };
  }
}

/** As a word of its own: a key may be as short as a letter. */
const isNamed = (group: string, message: string): boolean =>
  message.split(' ').some((word) => word.replace(/^\(|[):,.]+$/g, '') === group);

function asidesOf({ externalIds, everybody = false, hidden = false, next }: MembersPage): readonly string[] {
  const isEmpty = externalIds.length === 0 && !everybody && next === null;
  return [
    ...(hidden ? ['they are hidden from others'] : []),
    ...(everybody ? ['it holds everybody'] : []),
    ...(isEmpty ? ['it has no people as direct members'] : []),
  ];
}
