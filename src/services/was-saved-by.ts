import type { Actor, User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';

const PAGE = 50;

/** Whether one of the saves of a person after a version was made by an actor of that kind. */
export async function wasSavedBy(
  { stores }: { readonly stores: Pick<Stores, 'history'> },
  { organizationId, id }: User,
  version: number,
  isMeant: (by: Actor) => boolean,
): Promise<boolean> {
  for (let below: number | null = null; ; ) {
    const entries: Awaited<ReturnType<typeof stores.history.list>> = await stores.history.list(
      organizationId,
      id,
      below,
      PAGE,
    );
    const since = entries.filter((entry) => entry.version > version);
    if (since.some(({ by }) => isMeant(by))) return true;
    if (since.length < PAGE) return false;
    below = since.at(-1)?.version ?? null;
  }
}
