import { AppError } from '../../src/core/errors.ts';
import type { Run } from '../../src/core/run.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { RunStore } from '../../src/ports/stores.ts';
import type { Fence } from '../../src/ports/user-store.ts';
import type { RunRow, Tables } from './tables.ts';

const isUnfinished = ({ state }: Run): boolean => state === 'queued' || state === 'running';

/** Runs in memory, with their leases, presence marks and staged changes. */
export function createMemoryRuns({ runs }: Tables, clock: Clock): RunStore {
  const rows = (): readonly RunRow[] => [...runs.values()];
  const find = (organization: string, id: string): RunRow | null => {
    const row = runs.get(id);
    return row?.run.organizationId === organization ? row : null;
  };
  const newestFirst = (organization: string): readonly Run[] =>
    rows()
      .map(({ run }) => run)
      .filter(({ organizationId }) => organizationId === organization)
      .sort((a, b) => (a.id < b.id ? 1 : -1));

  function refuseSecond({ id, integrationId }: Run): void {
    const rival = rows().find(({ run }) => run.integrationId === integrationId && run.id !== id && isUnfinished(run));
    if (rival) throw new AppError('run_in_progress', 'a run is in progress', { runId: rival.run.id });
  }

  const held = (row: RunRow | undefined, epoch: number, owner: string): row is RunRow =>
    row !== undefined && row.run.epoch === epoch && row.owner === owner;

  function fenced({ runId, epoch }: Fence): RunRow {
    const row = runs.get(runId);
    if (row?.run.epoch !== epoch) throw new AppError('superseded', 'this run was taken over by another worker');
    return row;
  }

  return {
    async insert(run) {
      if (isUnfinished(run)) refuseSecond(run);
      runs.set(run.id, { run, owner: null, until: 0, presence: new Map(), staged: new Map(), members: new Map() });
    },
    get: async (organization, id) => find(organization, id)?.run ?? null,
    async list(organization, cursor, limit) {
      const rest = newestFirst(organization).filter(({ id }) => cursor === null || id < cursor);
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    async prune(organization, source, { before, newest, runId }, limit) {
      const own = newestFirst(organization).filter((run) => run.source === source);
      const old = own.slice(newest).filter((run) => !isUnfinished(run) && run.createdAt < before && run.id !== runId);
      const forgotten = old.toReversed().slice(0, limit);
      for (const { id } of forgotten) runs.delete(id);
      return forgotten.length;
    },
    count: async (organization) => newestFirst(organization).length,
    latest: async (organization, source) => newestFirst(organization).find((run) => run.source === source) ?? null,
    unheld: async (limit) =>
      rows()
        .filter(({ run, owner, until }) => isUnfinished(run) && (owner === null || until <= clock.now()))
        .map(({ run }) => run)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    async acquire(organization, id, owner, ttlMs) {
      const row = find(organization, id);
      if (!row || (row.owner !== null && row.owner !== owner && row.until > clock.now())) return null;
      const starts = row.owner === null ? 1 : row.run.starts + 1;
      if (row.owner !== owner) row.run = { ...row.run, epoch: row.run.epoch + 1, starts };
      row.owner = owner;
      row.until = clock.now() + ttlMs;
      return row.run;
    },
    async renew({ runId, epoch }, owner, ttlMs) {
      const row = runs.get(runId);
      if (!held(row, epoch, owner)) return false;
      row.until = clock.now() + ttlMs;
      return true;
    },
    async release({ runId, epoch }, owner) {
      const row = runs.get(runId);
      if (held(row, epoch, owner)) Object.assign(row, { owner: null, until: 0 });
    },
    async checkpoint({ run, presence, members, staged = [], forget = false }) {
      const row = find(run.organizationId, run.id);
      if (row?.run.epoch !== run.epoch) throw new AppError('superseded', 'this run was taken over by another worker');
      if (isUnfinished(run)) refuseSecond(run);
      row.run = run;
      if (forget) {
        row.presence.clear();
        row.staged.clear();
        row.members.clear();
      }
      if (presence) row.presence.set(presence.page, presence.externalIds);
      for (const externalId of members?.externalIds ?? [])
        row.members.set(externalId, new Set([...(row.members.get(externalId) ?? []), members?.group ?? '']));
      for (const change of staged) row.staged.set(change.externalId, change);
      if (!isUnfinished(run)) row.members.clear();
    },
    staged: async (runId, afterKey, limit) =>
      [...(runs.get(runId)?.staged.values() ?? [])]
        .filter(({ externalId }) => externalId > (afterKey ?? ''))
        .sort((a, b) => (a.externalId < b.externalId ? -1 : 1))
        .slice(0, limit),
    async membersAmong(runId, externalIds) {
      const members = [...(runs.get(runId)?.members ?? [])].filter(([externalId]) => externalIds.includes(externalId));
      return new Map(members.map(([externalId, groups]) => [externalId, [...groups].sort()]));
    },
    async countStrangers(runId) {
      const present = new Set([...(runs.get(runId)?.presence.values() ?? [])].flat());
      const counts = new Map<string, number>();
      for (const [externalId, groups] of runs.get(runId)?.members ?? [])
        for (const group of present.has(externalId) ? [] : groups) counts.set(group, (counts.get(group) ?? 0) + 1);
      return counts;
    },
    stagedOf: async (runId, externalId) => runs.get(runId)?.staged.get(externalId) ?? null,
    countStaged: async (runId) => runs.get(runId)?.staged.size ?? 0,
    async unstage(fence, externalIds) {
      const { staged } = fenced(fence);
      for (const externalId of externalIds) staged.delete(externalId);
    },
    async markPresent(fence, externalIds) {
      const { presence } = fenced(fence);
      presence.set(Math.min(0, ...presence.keys()) - 1, externalIds);
    },
  };
}
