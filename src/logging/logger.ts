import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { LogFacts, Logger } from '../ports/logger.ts';
import { redact, redactText } from './redact.ts';

/**
 * A logger that writes one JSON line a message: level as a word, time in ISO 8601, the redacted facts, the message.
 *
 * `level` is one of pino's, `silent` included; without a destination it writes to standard output.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const sink = destination ? pino(options, destination) : pino(options);
  const at = (name: keyof Logger) => (facts: LogFacts, message: string) => {
    if (sink.isLevelEnabled(name)) sink[name](safeFacts(facts), redactText(message));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A logger must never be the reason why something fails: facts that cannot be read are named as such. */
function safeFacts(facts: LogFacts): object {
  try {
    return Object(redact(facts));
  } catch (cause) {
    return { unloggable: cause instanceof Error ? cause.name : 'unknown' };
  }
}
