/** Where SQLite keeps the time of a change: in `users u` its day, which has an index, and in `documents d` the whole of it. */
export interface ChangeTime {
  readonly day: string;
  readonly exact: string;
}

/** When a person was written last, and when SCIM last saw them change. The few who differ in that have a time of their own for it. */
export const CHANGE_TIMES = {
  updated: { day: 'u.updated_day', exact: 'd.updated' },
  lastModified: { day: 'u.seen_day', exact: 'coalesce(d.seen, d.updated)' },
} as const satisfies Readonly<Record<string, ChangeTime>>;
