/** The part of a request's or a link's address that may be logged: its path. Query values hold names and addresses of people. */
export function loggablePath(url: string): string {
  const [beforeQuery = '', ...query] = url.replace(/#.*$/s, '').split('?');
  const path = beforeQuery.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  return `${path.slice(0, MAX_PATH) || '/'}${query.length > 0 ? '?…' : ''}`;
}

const MAX_PATH = 1_000;
