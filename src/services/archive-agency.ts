import type { Agency } from '../core/agency.ts';
import { nameOf } from '../core/change-summary.ts';
import { AppError } from '../core/errors.ts';
import type { Actor, Status, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Condition } from '../ports/condition.ts';
import { type AgencyTarget, checkAgencyVersion, readAgency, reviseAgency } from './agencies.ts';
import { deactivateUser } from './change-status.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { isSameDigest } from './same-digest.ts';

export type ArchiveDependencies = WriteDependencies & Pick<Dependencies, 'hash'>;

/** Whom archiving an agency would deactivate. */
export interface ArchivePreview {
  readonly users: {
    readonly count: number;
    readonly first100: readonly { readonly id: string; readonly name: string | null; readonly status: Status }[];
  };
  /** Confirms exactly this. */
  readonly digest: string;
}

export interface ArchiveRequest extends AgencyTarget {
  readonly by: Actor;
  readonly digest?: string | undefined;
  readonly reason?: string | undefined;
}

const PAGE = 200;
const SHOWN = 100;

/** Tells whom archiving would deactivate, without writing. Throws `not_found`, `precondition_failed`. */
export async function previewArchive(deps: ArchiveDependencies, target: AgencyTarget): Promise<ArchivePreview> {
  const agency = await readAgency(deps, target.organizationId, target.agencyId);
  checkAgencyVersion(agency, target);
  const first100: ArchivePreview['users']['first100'][number][] = [];
  let count = 0;
  let digest = agency.id;
  for await (const user of presentPeople(deps, agency.organizationId, agency.id)) {
    const { id, status } = user;
    digest = deps.hash(`${digest}\n${JSON.stringify([id, status, user.access])}`);
    count++;
    if (first100.length < SHOWN) first100.push({ id, name: nameOf(user), status });
  }
  return { users: { count, first100 }, digest: deps.hash(digest) };
}

/**
 * Closes an agency: nobody joins it or becomes active in it any more, and its people are deactivated.
 *
 * Without people to deactivate it just happens; with them it takes the digest of the preview, else `confirmation_required` with the
 * preview in its details. They are deactivated first: whatever is interrupted, nobody is left active in an agency that is closed.
 */
export async function archiveAgency(deps: ArchiveDependencies, request: ArchiveRequest): Promise<Agency> {
  const { organizationId, agencyId, digest = '' } = request;
  const preview = await previewArchive(deps, request);
  const agency = await readAgency(deps, organizationId, agencyId);
  const isConfirmed = preview.users.count === 0 || isSameDigest(digest, preview.digest);
  if (agency.archivedAt === null && !isConfirmed) throw unconfirmed(preview);
  await deactivatePeople(deps, request);
  // Whoever has changed it since does not keep it open.
  await reviseAgency(deps, { ...request, ifMatch: null }, (current) =>
    current.archivedAt === null ? { ...current, archivedAt: timestamp(deps.clock) } : current,
  );
  // Whoever came in meanwhile.
  await deactivatePeople(deps, request);
  return readAgency(deps, organizationId, agencyId);
}

async function deactivatePeople(
  deps: WriteDependencies,
  { organizationId, agencyId, by, reason }: ArchiveRequest,
): Promise<void> {
  for await (const { id: userId } of presentPeople(deps, organizationId, agencyId))
    await deactivateUser(deps, { organizationId, userId, by, ifMatch: null, reason });
}

function unconfirmed({ users, digest }: ArchivePreview): AppError {
  const people = users.count === 1 ? '1 user' : `${users.count} users`;
  const message = `archiving deactivates ${people} of this agency; send the digest to confirm, or deactivate them first`;
  return new AppError('confirmation_required', message, { users, digest });
}

/** Those of an agency who are active or may become so, page by page. */
async function* presentPeople(
  { stores }: WriteDependencies,
  organizationId: string,
  agencyId: string,
): AsyncGenerator<User> {
  const statuses = (['active', 'unprovisioned'] as const).map(
    (value): Condition => ({ field: 'status', op: 'eq', value }),
  );
  const condition: Condition = { and: [{ field: 'agency', op: 'eq', value: agencyId }, { or: statuses }] };
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof stores.users.list>> = await stores.users.list(
      organizationId,
      condition,
      cursor,
      PAGE,
    );
    yield* page.items;
    cursor = page.next;
    if (cursor === null) return;
  }
}
