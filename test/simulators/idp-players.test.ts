import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type Answer, ask, type Json } from './idp/client.ts';
import { Complaint } from './idp/complaint.ts';
import { type DemoInstallation, startDemoInstallation } from './idp/demo-installation.ts';
import { play } from './idp/play.ts';
import { PLAYERS } from './idp/players.ts';

type Spoiled = Partial<Pick<Answer, 'status' | 'mediaType'>> & { readonly text?: string; readonly body?: Json };

/** What goes wrong: what is made of an answer, or nothing of it; and what the administrator reads then. */
interface Trouble {
  readonly player: string;
  readonly title: string;
  spoil(answer: Answer, sent: Json): Spoiled | undefined;
  readonly complaint: RegExp;
}

const isUser = ({ path }: Answer) => /^\/Users\/[^?]+$/.test(path);
const isMatch = ({ path }: Answer) => /^\/Users\?filter/.test(path);

const TROUBLES: readonly Trouble[] = [
  {
    player: 'okta-oin',
    title: 'a created user without a body',
    spoil: ({ method }) => (method === 'POST' ? { text: '' } : undefined),
    complaint:
      /^Okta \(catalogue app\), step “assign two people”: POST \/Users was answered 201 \(no body\), but .*empty user/,
  },
  {
    player: 'okta-oin',
    title: 'a reactivation that is not there at once',
    spoil: ({ method, body }, sent) =>
      method === 'PATCH' && sent.Operations[0].value.active === true ? { body: { ...body, active: false } } : undefined,
    complaint: /step “assign again”: PATCH .*“active” must be true in this answer/,
  },
  {
    player: 'okta-oin',
    title: 'figures that are text',
    spoil: ({ path, body }) => (path.startsWith('/Users?') ? { body: { ...body, totalResults: '0' } } : undefined),
    complaint: /step “test the connector”: .*totalResults must be a JSON number/,
  },
  {
    player: 'okta-wizard',
    title: 'an error page of a proxy',
    spoil: ({ method }) => (method === 'PUT' ? { status: 502, mediaType: 'text/html', text: '<h1>Oops' } : undefined),
    complaint: /step “update a profile”: PUT .*502 \(<h1>Oops\), but Okta shows “Unrecognized token”/,
  },
  {
    player: 'entra-legacy',
    title: '404 for nobody found',
    spoil: (answer) => (isMatch(answer) ? { status: 404 } : undefined),
    complaint: /step “test the connection”: .*quarantines/,
  },
  {
    player: 'entra-legacy',
    title: 'a match that leaves inactive users out',
    spoil: (answer) => {
      const { body } = answer;
      if (!isMatch(answer) || body.Resources[0]?.active !== false) return undefined;
      return { body: { ...body, totalResults: 0, itemsPerPage: 0, Resources: [] } };
    },
    complaint: /step “leave the scope”: the match must find the inactive user/,
  },
  {
    player: 'entra-flag',
    title: 'an attribute that was not stored',
    spoil: (answer) => {
      const { phoneNumbers: _, ...rest } = answer.body ?? {};
      return isUser(answer) && answer.method === 'GET' ? { body: rest } : undefined;
    },
    complaint: /step “write changed attributes.*must say .*phoneNumbers/,
  },
  {
    player: 'onelogin',
    title: 'somebody where nobody can be',
    spoil: (answer) =>
      isMatch(answer)
        ? { body: { ...answer.body, totalResults: 1, itemsPerPage: 1, Resources: [{ id: 'x' }] } }
        : undefined,
    complaint: /^OneLogin, step “save the connection”: .*nobody has this name/,
  },
  {
    player: 'jumpcloud',
    title: 'emails that cannot be taken away',
    spoil: (answer) =>
      isUser(answer) && answer.method === 'GET'
        ? { body: { ...answer.body, emails: [{ value: 'old@example.com' }] } }
        : undefined,
    complaint: /^JumpCloud, step “update with a minimal body”: .*emails were sent as null/,
  },
  {
    player: 'pingfederate',
    title: 'a user 0',
    spoil: ({ path }) => (path === '/Users/0' ? { status: 200, body: { id: '0' } } : undefined),
    complaint: /^PingFederate, step “look before a run”: .*404 is needed/,
  },
  {
    player: 'sailpoint',
    title: 'a description of itself that lacks a member',
    spoil: ({ path, body }) => (path === '/ServiceProviderConfig' ? { body: { ...body, sort: undefined } } : undefined),
    complaint: /^SailPoint, step “test the connection”: .*sort\.supported must say true or false/,
  },
  {
    player: 'sailpoint',
    title: 'a page that brings somebody twice',
    spoil: ({ path, body }) =>
      path.startsWith('/Users?startIndex')
        ? { body: { ...body, Resources: [...body.Resources, ...body.Resources.slice(0, 1)] } }
        : undefined,
    complaint: /step “aggregate accounts”: .*would be imported twice/,
  },
  {
    player: 'okta-oin',
    title: 'a refusal of the id that every push repeats',
    spoil: ({ method, path }, sent) =>
      method === 'PATCH' && path.startsWith('/Groups/') && sent.Operations[0].value?.id
        ? { status: 400, body: { status: '400', detail: 'id is read-only' } }
        : undefined,
    complaint: /step “push a group”: PATCH \/Groups\/.*id is read-only.*200 or 204 is needed/,
  },
  {
    player: 'entra-legacy',
    title: 'members where they were to be left out',
    spoil: ({ path, body }) => (path.includes('?excludedAttributes') ? { body: { ...body, members: [] } } : undefined),
    complaint: /step “provision a group”: GET \/Groups\/.*members were to be left out/,
  },
  {
    player: 'jumpcloud',
    title: 'a list of who is to go that is not heeded',
    spoil: ({ method, path, body }) =>
      method === 'GET' && path.startsWith('/Groups/') && body?.id && body.members === undefined
        ? { body: { ...body, members: [{ value: 'somebody' }] } }
        : undefined,
    complaint: /step “activate: .*its members must be \[\]/,
  },
  {
    player: 'pingfederate',
    title: 'a group that is on no page',
    spoil: ({ path, body }) =>
      path.startsWith('/Groups?') ? { body: { ...body, totalResults: 0, itemsPerPage: 0, Resources: [] } } : undefined,
    complaint: /^PingFederate, step “compare all groups, and provision one”: the group .* must be on a page/,
  },
  {
    player: 'rippling',
    title: 'a repeated create that succeeds',
    spoil: ({ status, body }) => (status === 409 ? { status: 201, body: { ...body, id: 'another' } } : undefined),
    complaint: /^Rippling, step “repeat a create”: POST .*409 is needed/,
  },
];

describe('a player', () => {
  let installation: DemoInstallation;
  let proxy: Server;
  let trouble: Trouble | undefined;

  before(async () => {
    installation = await startDemoInstallation();
    proxy = createServer(async (request, response) => {
      const { method = '', url: path = '', headers } = request;
      const body = await text(request);
      const sent = body === '' ? undefined : JSON.parse(body);
      const { host: _, 'content-length': __, ...rest } = headers as { readonly [name: string]: string };
      const answer = await ask(installation.base, { method, path, body: sent, headers: rest });
      const spoiled: Spoiled = trouble?.spoil(answer, sent) ?? {};
      const shown = spoiled.body === undefined ? answer.text : JSON.stringify(spoiled.body);
      response.writeHead(spoiled.status ?? answer.status, { 'content-type': spoiled.mediaType ?? answer.mediaType });
      response.end(spoiled.text ?? shown);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  after(async () => {
    proxy.close();
    proxy.closeAllConnections();
    await installation.stop();
  });

  const target = (run: string) => ({
    base: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    token: installation.token,
    run,
    domain: 'example.com',
  });
  const living = async (run: string) => {
    const headers = { authorization: `Bearer ${installation.token}` };
    const path = `/Users?filter=${encodeURIComponent(`userName co ".${run}@"`)}`;
    return (await ask(installation.base, { method: 'GET', path, headers })).body.totalResults;
  };

  for (const [at, row] of TROUBLES.entries())
    it(`${row.player} complains of ${row.title}`, async () => {
      trouble = row;
      const player = PLAYERS.find(({ name }) => name === row.player);
      if (!player) throw new Error(`there is no player ${row.player}`);
      const seen = await play(player, target(`trouble-${at}`)).catch((error: unknown) => error);
      expect(seen).to.be.instanceOf(Complaint);
      expect(seen).to.have.property('message').that.matches(row.complaint);
    });

  for (const player of PLAYERS)
    it(`${player.name} leaves nobody behind`, async () => {
      trouble = undefined;
      await play(player, target(`all-of-${player.name}`));
      expect(await living(`all-of-${player.name}`)).to.equal(0);
    });

  it('leaves nobody behind either when it complains', async () => {
    trouble = TROUBLES.find(({ title }) => title === 'an attribute that was not stored');
    const [player] = PLAYERS.filter(({ name }) => name === 'entra-flag');
    if (player) await play(player, target('half')).catch(() => {});
    expect(await living('half')).to.equal(0);
  });
});
