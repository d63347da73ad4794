import type { Desk } from './desk.ts';

/** How a person stands in the application. */
export type Standing = 'active' | 'deactivated' | 'unprovisioned';

/** One thing an identity provider does, with the checks it makes of the answers. */
export interface Step {
  readonly name: string;
  play(): Promise<void>;
  /** Whoever is meant by their first name, as they stand in the application afterwards. */
  readonly leaves?: { readonly [firstName: string]: Standing };
}

/** An identity provider: what it calls itself, what it sends with every request, and what it does, in order. */
export interface Player {
  /** As on the command line. */
  readonly name: string;
  /** As its administrator knows it. */
  readonly provider: string;
  /** Sent with every request. */
  readonly headers: { readonly [name: string]: string };
  /** The Content-Type of its bodies. */
  readonly contentType: string;
  steps(desk: Desk): readonly Step[];
}
