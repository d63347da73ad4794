import { scimPerson, userNameOf } from './people.ts';

const HEADER = 'Email,First name,Last name,Full name,Title,Department,Location,Employee number,Phone,Time zone';
const CITIES = ['London', 'Lagos', 'Lima', 'Zürich', 'New York'];
const TEAMS = ['Engineering', 'People & Culture', 'Sales', 'Legal', 'Research'];

/** A CSV file of people. The same index is always the same person, but for the title of those who are `renamed`. */
export function peopleFile(from: number, to: number, renamed = 0): string {
  const lines = Array.from({ length: to - from }, (_, offset) => lineOf(from + offset, from + offset < renamed));
  return `${HEADER}\r\n${lines.join('\r\n')}\r\n`;
}

function lineOf(index: number, isRenamed: boolean): string {
  const { givenName, familyName } = scimPerson(index).name as {
    readonly givenName: string;
    readonly familyName: string;
  };
  const cells = [
    userNameOf(index),
    givenName,
    familyName,
    `${givenName} ${familyName}`,
    isRenamed ? `Senior Engineer ${index % 7}` : `Engineer ${index % 7}`,
    TEAMS[index % TEAMS.length],
    CITIES[index % CITIES.length],
    `E${100_000 + index}`,
    `"+44 20 7946, ext. ${index % 10_000}"`,
    'Europe/London',
  ];
  return cells.join(',');
}
