import type { FileRow, Import, ImportMapping, Outcome, RowOutcome } from '../core/import.ts';
import { newUser } from '../core/new-user.ts';
import type { Actor, User } from '../core/user.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import type { ChangedPerson } from './gone-pools.ts';
import { personIdOf } from './import-traces.ts';
import type { Pending } from './swap-partners.ts';
import type { Unfinished } from './unfinished-people.ts';

/** A slice of a page that is being carried out. */
export interface Work {
  readonly deps: Dependencies & WriteDependencies;
  readonly entry: Import;
  readonly mapping: ImportMapping;
  readonly by: Actor;
  /** Which slice of the page it is. */
  readonly slice: number;
  /** Of the whole page, by line. */
  readonly outcomes: Map<number, RowOutcome>;
  readonly unfinished: Unfinished<Written>;
  /** Somebody cancelled: what was written is told, and nothing more is. */
  readonly isStopped: boolean;
  readonly at: string;
  readonly turn: () => Promise<void>;
}

/** A row that was written; of a dead process's, `settingsVersion` is 0 after it where nobody knows which it was. */
export interface Written extends Pending, ChangedPerson {}

export function tell(
  { outcomes }: Pick<Work, 'outcomes'>,
  { line }: FileRow,
  outcome: Outcome,
  userId: string | null,
  reason?: string,
): null {
  outcomes.set(line, { line, outcome, userId, ...(reason === undefined ? {} : { reason }) });
  return null;
}

/** Whom a row creates, before it does. */
export function blank({ deps, entry, at }: Pick<Work, 'deps' | 'entry' | 'at'>, row: FileRow): User {
  const { organizationId } = entry;
  const id = personIdOf(deps, entry, row);
  return newUser({ id, organizationId, kind: 'employee', scimId: deps.identifiers.next(), at });
}
