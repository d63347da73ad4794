import { type ProcessSettings, SETTINGS, type Setting, type SettingName } from './settings.ts';
import { SETTINGS_RULES } from './settings-rules.ts';

/** What the operator must mend before Rollcall can start: one line a mistake. Shows no secret. */
export class SettingsError extends Error {
  constructor(mistakes: readonly string[]) {
    super(['Cannot start:', ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
    this.name = 'SettingsError';
  }
}

type Outcome = { readonly value: unknown } | { readonly mistake: string };

/**
 * Reads every setting from the environment given, into one frozen object.
 *
 * An empty variable counts as unset, but for secrets: there it is a mistake, because a key that failed to arrive must not
 * be replaced in silence. Throws SettingsError, naming all mistakes at once.
 */
export function loadSettings(env: { readonly [name: string]: string | undefined }): ProcessSettings {
  const names = Object.keys(SETTINGS) as readonly SettingName[];
  const outcomes = names.map((name) => [name, readSetting(SETTINGS[name], env[SETTINGS[name].env])] as const);
  const mistakes = outcomes.flatMap(([, outcome]) => ('mistake' in outcome ? [outcome.mistake] : []));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  const values = outcomes.map(([name, outcome]) => [name, 'value' in outcome ? outcome.value : null]);
  const settings = Object.freeze(Object.fromEntries(values)) as ProcessSettings;
  const broken = SETTINGS_RULES.filter((rule) => rule.broken(settings)).map(({ mistake }) => mistake);
  if (broken.length > 0) throw new SettingsError(broken);
  return settings;
}

function readSetting({ env, fallback, reader, secret }: Setting<unknown>, given: string | undefined): Outcome {
  if (given === '' && secret) return { mistake: `${env} is set but empty; set it to ${reader.mustBe}, or unset it` };
  const text = given || fallback;
  if (text === null) return { value: null };
  const value = reader.read(text);
  if (value !== undefined) return { value };
  return { mistake: `${env} must be ${reader.mustBe}${secret ? '' : `, not ${quoted(text)}`}` };
}

/** Control characters come out escaped, credentials inside a URL not at all. */
function quoted(text: string): string {
  const safe = text.replace(/\/\/.*@/s, '//…@');
  return JSON.stringify(safe.length > 80 ? `${safe.slice(0, 80)}…` : safe);
}
