import { SOURCE_TITLES } from './change-summary.ts';
import { sameAddress } from './email-claim.ts';
import { liveSources, type Settings } from './organization.ts';
import { DIRECTORIES, recordOf, type SourceRecord, type User } from './user.ts';

/**
 * What two directories say differently about one person, in words: whether they are active, or their address; null when they agree or
 * only one of them counts.
 */
export function disagreementOf(user: User, settings: Settings): string | null {
  const live = liveSources(settings);
  const records = DIRECTORIES.filter((source) => live.includes(source)).flatMap(
    (source) => recordOf(user, source) ?? [],
  );
  const [first, second] = records.filter(({ directory }) => directory?.present);
  if (!first || !second) return null;
  const activities = [first, second].map(({ directory }) => directory?.activity);
  if (activities.includes('active') && activities.includes('inactive')) return `${words(first)} and ${words(second)}`;
  if (first.email && second.email && !sameAddress(first.email, second.email))
    return `${SOURCE_TITLES[first.source]} gives the address ${first.email}, ${SOURCE_TITLES[second.source]} ${second.email}`;
  return null;
}

const words = ({ source, directory }: SourceRecord): string => `${SOURCE_TITLES[source]} says ${directory?.activity}`;
