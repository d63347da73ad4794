import { once } from 'node:events';
import { request } from 'node:http';

/** The admin API of one organization. */
export interface Organization {
  readonly port: number;
  readonly operatorKey: string;
  readonly id: string;
}

/** What is watched of an import, or of an action on many people. */
export interface Progress {
  readonly id: string;
  readonly state: string;
  readonly digest?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
}

const LOOK_MS = 20;

/** Makes an organization with SCIM off, by the API. */
export async function makeOrganization(server: Omit<Organization, 'id'>): Promise<Organization> {
  const body = JSON.stringify({ name: 'Bench', domains: ['bench.example'] });
  const made = JSON.parse(await call({ ...server, id: '' }, 'POST', '/api/organizations', body));
  return { ...server, id: made.id };
}

/** Sends a file, and waits until its rows are read. */
export async function sendFile(organization: Organization, text: string): Promise<Progress> {
  const { id } = await asked(organization, 'POST', '/imports', text, 'text/csv');
  return until(organization, `/imports/${id}`, 'mapping');
}

/** Chooses the columns that were suggested, and waits for the review. */
export async function review(organization: Organization, { id }: Progress): Promise<Progress> {
  await asked(organization, 'PUT', `/imports/${id}/mapping`, '{}');
  return until(organization, `/imports/${id}`, 'reviewed');
}

/** Has a reviewed file carried out to its end. */
export async function commit(organization: Organization, { id, digest }: Progress): Promise<Progress> {
  await asked(organization, 'POST', `/imports/${id}/commit`, JSON.stringify({ digest }));
  return until(organization, `/imports/${id}`, 'done');
}

/** Everybody, as CSV. */
export const exported = (organization: Organization): Promise<string> =>
  call(organization, 'GET', `${root(organization)}/users.csv?status=all&kind=all`);

/** Freezes an action on people by their ids. */
export const freeze = (organization: Organization, action: string, ids: readonly string[]): Promise<Progress> =>
  asked(organization, 'POST', '/users/bulk', JSON.stringify({ action, select: { ids } }));

/** Has a frozen action carried out to its end. */
export async function confirm(organization: Organization, { id, digest, counts }: Progress): Promise<Progress> {
  await asked(organization, 'POST', `/bulk/${id}/confirm`, JSON.stringify({ digest, confirmCount: counts.done ?? 0 }));
  return until(organization, `/bulk/${id}`, 'done');
}

async function until(organization: Organization, path: string, state: string): Promise<Progress> {
  for (;;) {
    const now = await asked(organization, 'GET', path);
    if (now.state === state) return now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const root = ({ id }: Organization) => `/api/organizations/${id}`;

async function asked(
  organization: Organization,
  method: string,
  path: string,
  body?: string,
  type?: string,
): Promise<Progress> {
  return JSON.parse(await call(organization, method, `${root(organization)}${path}`, body, type));
}

async function call(
  { port, operatorKey }: Organization,
  method: string,
  path: string,
  body?: string,
  type = 'application/json',
): Promise<string> {
  const content = body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  const headers = { authorization: `Bearer ${operatorKey}`, ...content };
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  if (response.statusCode >= 300)
    throw new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 300)}`);
  return text;
}
