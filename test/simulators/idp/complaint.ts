import type { Answer } from './client.ts';

const SHOWN_CHARACTERS = 400;

/** What an identity provider would show to its administrator as an error. */
export class Complaint extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Complaint';
  }
}

/** A complaint about an answer: the request, what came back, and what the provider needs instead. */
export function complaintAbout({ method, path, status, text }: Answer, needed: string): Complaint {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text || 'no body';
  return new Complaint(`${method} ${decoded(path)} was answered ${status} (${shown}), but ${needed}`);
}

/** Names the provider and the step before whatever went wrong in it. */
export function complaintIn(provider: string, step: string, cause: unknown): Complaint {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Complaint(`${provider}, step “${step}”: ${message}`, { cause });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
