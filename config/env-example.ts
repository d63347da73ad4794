import { SETTINGS, type Setting } from './settings.ts';

const HEADING = `# Settings of Rollcall. Generated from config/settings.ts: change it there, then run npm run env-example.
# Nothing needs to be set to try it out; a line without its leading # overrides the default it shows.
`;

/** The text of config/env.example: every setting with its default and what it does. */
export function envExample(): string {
  return [HEADING, ...Object.values(SETTINGS).map(describe)].join('\n');
}

function describe({ env, fallback, reader, sentence, secret }: Setting<unknown>): string {
  const notes = [secret ? 'Secret.' : '', fallback === null ? 'Optional.' : ''].filter(Boolean).join(' ');
  return [
    ...wrapped(sentence),
    ...wrapped([`Must be ${reader.mustBe}.`, notes].filter(Boolean).join(' ')),
    `#${env}=${fallback ?? ''}`,
    '',
  ].join('\n');
}

function wrapped(text: string): readonly string[] {
  const lines = text.match(/\S.{0,96}(?=\s|$)/g) ?? [];
  return lines.map((line) => `# ${line}`);
}
