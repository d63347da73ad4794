/** An event of the feed; `_id` is `<organization>/<event id>`, so that none is published twice. */
export interface EventRow {
  readonly _id: string;
  readonly organization: string;
  readonly sequence: number;
  /** JSON: changes are keyed by attribute names, which may hold dots. */
  readonly event: string;
}

/** An event that belongs to no save and waits for the relay. */
export interface AlertRow {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly at: string;
  readonly event: string;
}

/** An event that awaits the relay, or what waits for the history, or both. */
export interface WaitingEvent {
  readonly organization: string;
  readonly id: string;
  /** null of a change that only the history is told. */
  readonly event: string | null;
  readonly history: string | null;
  /** Key of the document it waits in. */
  readonly holder: string;
  readonly isAlert: boolean;
  /** The one that waits behind it in the same document, as far as known, and when it happened. */
  readonly next?: { readonly id: string; readonly at: string } | undefined;
}
