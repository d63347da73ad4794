import type { GraphSimulator } from './graph/start-graph-simulator.ts';

/** An answer of the simulator, taken apart. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever JSON came.
  readonly body: any;
}

/** A plain client, without any of Rollcall's connector: asks for a token when it needs one. */
export interface GraphClient {
  token(form?: { readonly [name: string]: string }, tenant?: string): Promise<Answered>;
  /** Path or whole link. */
  get(path: string): Promise<Answered>;
  batch(...urls: readonly string[]): Promise<Answered>;
  /** Follows next links to the end; the last page is the last element. */
  pages(path: string): Promise<readonly Answered[]>;
}

export function graphClient({ origin, application }: GraphSimulator): GraphClient {
  let bearer: string | null = null;

  async function send(url: string, init: RequestInit): Promise<Answered> {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  function token(form: { readonly [name: string]: string } = {}, tenant = application.tenantId): Promise<Answered> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: application.clientId,
      client_secret: application.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
      ...form,
    });
    return send(`${origin}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  }

  async function authorized(url: string, init: RequestInit = {}): Promise<Answered> {
    bearer ??= String((await token()).body.access_token);
    return send(url, { ...init, headers: { authorization: `Bearer ${bearer}` } });
  }

  const get = (path: string) => authorized(path.startsWith('http') ? path : `${origin}/v1.0${path}`);

  return {
    token,
    get,
    batch: (...urls) =>
      authorized(`${origin}/v1.0/$batch`, {
        method: 'POST',
        body: JSON.stringify({ requests: urls.map((url, id) => ({ id: String(id), method: 'GET', url })) }),
      }),
    async pages(path) {
      const read: Answered[] = [];
      for (let next: string | undefined = path; next !== undefined; ) {
        const page: Answered = await get(next);
        read.push(page);
        next = page.body['@odata.nextLink'];
      }
      return read;
    },
  };
}
