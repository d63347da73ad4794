import { expect } from 'chai';
import type { RequestHandler } from 'express';
import { createApp } from '../../src/http/create-app.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';

/** As much of a mounted piece as Express lets one see. */
interface Mounted {
  readonly name: string;
  readonly route?: { readonly path: string; readonly stack: readonly { readonly name: string }[] };
  /** Whether it sees every path. */
  readonly slash: boolean;
}

describe('S02 every door there is has a keeper', () => {
  let rollcall: TestRollcall;
  let mounted: readonly Mounted[];
  before(async () => {
    rollcall = await startRollcall();
    const { deps } = rollcall.rollcall;
    const scim: RequestHandler = () => {};
    const oauth: RequestHandler = () => {};
    const facts = { operatorKey: 'k', publicUrl: () => '', ready: () => true, logger: deps.logger };
    const app = createApp({ ...facts, deps: deps as Parameters<typeof createApp>[0]['deps'], scim, oauth });
    mounted = app.router.stack as unknown as readonly Mounted[];
  });
  after(() => rollcall.stop());

  it('nothing is mounted that the tests of isolation do not know', () => {
    const doors = mounted.filter(({ route }) => route === undefined);
    expect(doors.filter(({ slash }) => !slash).map(({ name }) => name)).to.deep.equal(['scim', 'oauth', 'recognize']);
    const passing = doors.filter(({ slash }) => slash).length;
    expect(passing, 'headers, a farewell, the log; what is not there; what went wrong').to.equal(5);
  });

  it('every route stands in the table, and behind the guard and a check of its own unless the table calls it public', () => {
    const open = new Set(ROUTES.filter(({ policy }) => policy === 'public').map(({ path }) => path));
    const known = new Set(ROUTES.map(({ path }) => path));
    const routes = mounted.flatMap(({ route }) => route ?? []);
    expect(routes.length).to.be.above(ROUTES.length);
    const guardAt = mounted.findIndex(({ name }) => name === 'recognize');
    expect(guardAt).to.be.above(-1);
    for (const [at, { route }] of mounted.entries()) {
      if (!route) continue;
      expect(known.has(route.path), route.path).to.equal(true);
      if (open.has(route.path)) continue;
      expect(at, `${route.path} stands behind the guard`).to.be.above(guardAt);
      const pieces = route.stack.map(({ name }) => name);
      if (pieces.includes('answer')) expect(pieces[0], `${route.path} is opened by its policy`).to.equal('admit');
      else expect(pieces.at(-1), `${route.path} refuses other methods`).to.equal('refuseMethod');
    }
  });

  it('the token endpoint gives nothing to whoever shows no credentials', async () => {
    for (const path of [
      '/oauth',
      '/oauth/',
      '/oauth/token',
      '/oauth/token/',
      '/oauth/other',
      '/oauth/TOKEN',
      '/oauth//token',
    ])
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
        const answer = await rollcall.api.send({ method, path, headers: { authorization: null } });
        expect(answer.status, `${method} ${path}`).to.be.oneOf([400, 404, 405]);
        expect(answer.headers['cache-control']).to.equal('no-store');
        expect(answer.text).not.to.contain('access_token');
      }
  });
});
