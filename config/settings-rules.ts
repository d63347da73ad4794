import type { ProcessSettings } from './settings.ts';

/** A demand on several settings together. */
export interface SettingsRule {
  readonly broken: (settings: ProcessSettings) => boolean;
  /** What the operator must mend. */
  readonly mistake: string;
}

const isShared = ({ mongodbUrl }: ProcessSettings): boolean => mongodbUrl !== null;

/** Processes that share a store must share its keys too: each would otherwise make its own. */
export const SETTINGS_RULES: readonly SettingsRule[] = [
  {
    broken: ({ role: played, mongodbUrl: mongodb, redisUrl: redis }) =>
      played !== 'all' && (mongodb === null || redis === null),
    mistake: 'ROLLCALL_ROLE other than all needs MONGODB_URL and REDIS_URL, which the processes meet over',
  },
  {
    broken: (settings) => isShared(settings) && settings.secretKey === null,
    mistake: 'ROLLCALL_SECRET_KEY must be set when MONGODB_URL is (make one with: openssl rand -base64 32)',
  },
  {
    broken: (settings) => isShared(settings) && settings.operatorKey === null,
    mistake: 'ROLLCALL_OPERATOR_KEY must be set when MONGODB_URL is (make one with: openssl rand -hex 32)',
  },
  {
    broken: (settings) => settings.redisUrl !== null && !isShared(settings),
    mistake: 'REDIS_URL is of use only with MONGODB_URL; set both or neither',
  },
];
