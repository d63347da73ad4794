import { admin, type admin_directory_v1, auth } from 'googleapis/build/src/apis/admin/index.js';
import type { GoogleSimulator } from './google/start-google-simulator.ts';
import { SCOPES } from './google/token-api.ts';

export interface ClientOptions {
  /** null = no delegation. */
  readonly subject?: string | null;
  readonly scopes?: readonly string[];
  readonly key?: string;
  readonly email?: string;
}

/** Google's own client, plain and without any of Rollcall's connector, pointed at a simulator. */
export function googleClient(simulator: GoogleSimulator, options: ClientOptions = {}): admin_directory_v1.Admin {
  const { serviceAccount, origin } = simulator;
  const { subject = simulator.subject } = options;
  const jwt = new auth.JWT({
    email: options.email ?? serviceAccount.client_email,
    key: options.key ?? serviceAccount.private_key,
    ...(subject === null ? {} : { subject }),
    scopes: [...(options.scopes ?? Object.values(SCOPES))],
  });
  jwt.transporter.interceptors.request.add({
    resolved: async (request) => {
      request.url = new URL(`${request.url.pathname}${request.url.search}`, origin);
      request.retry = false;
      delete request.retryConfig;
      return request;
    },
  });
  return admin({ version: 'directory_v1', auth: jwt });
}

/** Status, reason and message of a refusal; fails when the call succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<{ status: number; reason: string; message: string }> {
  const error = await call.then(
    () => new Error('expected a refusal'),
    (reason) => reason,
  );
  const said = error.response?.data?.error;
  if (said === undefined) throw error;
  if (typeof said === 'string')
    return { status: error.response.status, reason: said, message: error.response.data.error_description };
  return { status: error.response.status, reason: said.errors[0].reason, message: said.message };
}
