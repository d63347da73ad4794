/** The only source of time, identity and chance above the core. Tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** RFC 3339 with milliseconds, UTC. */
export const timestamp = (clock: Clock): string => new Date(clock.now()).toISOString();

/** The same, so many hours from now. */
export const later = (clock: Clock, hours: number): string => hoursAfter(timestamp(clock), hours);

/** So many hours after a time. What is measured from one moment asks the clock once: two readings differ. */
export const hoursAfter = (at: string, hours: number): string =>
  new Date(Date.parse(at) + hours * 3_600_000).toISOString();

export interface Identifiers {
  /** A new id: unique for ever, and greater (as text) than every id made before in this process. */
  next(): string;
}
