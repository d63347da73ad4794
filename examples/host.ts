/**
 * A host application that asks Rollcall at every sign-in. Run: ROLLCALL_URL=… ROLLCALL_ORGANIZATION=… ROLLCALL_API_KEY=… npm run example
 *
 * It listens on PORT (3100). `POST /callback` takes the claims of an ID token that the application's OpenID Connect library has
 * verified; nothing here verifies them.
 */
import { createServer, type IncomingMessage } from 'node:http';

const { ROLLCALL_URL, ROLLCALL_ORGANIZATION, ROLLCALL_API_KEY, PORT = '3100' } = process.env;
for (const [name, value] of Object.entries({ ROLLCALL_URL, ROLLCALL_ORGANIZATION, ROLLCALL_API_KEY }))
  if (!value) throw new Error(`${name} is not set`);

/** What an ID token says: Google's `sub`; Microsoft's `oid` and `tid`, often without an `email`. */
type Claims = { iss: string; sub: string; oid?: string; tid?: string; email?: string; preferred_username?: string };

// biome-ignore lint/suspicious/noExplicitAny: what Rollcall answers is in its OpenAPI document.
type Answer = { allowed: boolean; code: string; user?: any; access?: any };

const SENTENCES: { readonly [code: string]: string } = {
  unknown: 'Nobody here has this address. Ask an admin to add you.',
  not_activated: 'An admin has to activate you first.',
  scim_held: 'Your identity provider has to assign you to this application first.',
  deactivated: 'Your account is deactivated.',
  terminated: 'Your account is closed.',
  blocked: 'Your account is blocked. Talk to an admin.',
};

async function ask({ iss: issuer, sub, oid, tid: tenantId, ...claims }: Claims): Promise<Answer> {
  const email = claims.email ?? claims.preferred_username;
  const answer = await fetch(`${ROLLCALL_URL}/api/organizations/${ROLLCALL_ORGANIZATION}/sign-ins`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ROLLCALL_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ issuer, subject: oid ?? sub, tenantId, email, at: new Date().toISOString() }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`Rollcall answered ${answer.status}`);
  return (await answer.json()) as Answer;
}

async function signIn(request: IncomingMessage): Promise<readonly [status: number, body: object]> {
  try {
    const claims = JSON.parse((await request.toArray()).join('')) as Claims;
    const { allowed, code, user, access } = await ask(claims);
    if (!allowed) return [403, { code, sentence: SENTENCES[code] ?? 'You may not sign in.' }];
    return [200, { session: { userId: user.id, name: user.name, level: access.level, roles: access.roles } }];
  } catch (error) {
    process.stderr.write(`${error}\n`);
    return [503, { sentence: 'We cannot look you up just now. Try again in a minute.' }]; // Whoever cannot be asked about stays out.
  }
}

createServer(async (request, response) => {
  const isCallback = request.method === 'POST' && request.url === '/callback';
  const [status, body] = isCallback ? await signIn(request) : [404, {}];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(PORT), '127.0.0.1', function listening(this: ReturnType<typeof createServer>) {
  process.stdout.write(`listening on ${JSON.stringify(this.address())}\n`);
});
