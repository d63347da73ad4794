import { once } from 'node:events';
import { Agent, type RequestListener, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { type Listening, listen, type Patience } from '../../src/http/listen.ts';

const QUICK: Patience = { headersTimeout: 300, requestTimeout: 700, connectionsCheckingInterval: 50 };

describe('listening', () => {
  let listening: Listening;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await listening.close(0);
  });

  const serve = async (app: RequestListener, patience?: Patience) => {
    listening = await listen(app, { host: '127.0.0.1', port: 0, ...(patience ? { patience } : {}) });
  };
  const hello: RequestListener = (_request, response) => void response.end('hello');
  const open = (): Socket => {
    const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
    sockets.push(socket);
    return socket;
  };
  /** Sends a piece and waits until the server hangs up: what it said, and how long that took. */
  const sendSlowly = async (piece: string) => {
    const started = performance.now();
    const socket = open();
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.write(piece);
    await once(socket, 'close');
    return { said, ms: performance.now() - started };
  };

  it('says where it can be reached', async () => {
    await serve(hello);
    expect(listening.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(listening.url)).text()).to.equal('hello');
  });

  for (const [host, url] of [
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['localhost', /^http:\/\/localhost:\d+$/],
  ] as const)
    it(`names this machine when it listens on ${host}`, async () => {
      listening = await listen(hello, { host, port: 0 });
      expect(listening.url).to.match(url);
      expect(await (await fetch(listening.url)).text()).to.equal('hello');
    });

  it('rejects when the port is taken', async () => {
    await serve(hello);
    const port = Number(new URL(listening.url).port);
    const second = await listen(hello, { host: '127.0.0.1', port }).catch((error: unknown) => error);
    expect(second).to.have.property(
      'message',
      `cannot listen on 127.0.0.1, port ${port} (EADDRINUSE); see HOST and PORT`,
    );
  });

  it('S06 hangs up on whoever sends a head too slowly', async () => {
    await serve(hello, QUICK);
    const { said, ms } = await sendSlowly('GET / HTTP/1.1\r\nHost: a\r\n');
    expect(said).to.match(/^HTTP\/1\.1 408 /);
    expect(ms).to.be.within(250, 2_000);
  });

  it('S06 hangs up on whoever sends a body too slowly', async () => {
    await serve((incoming, response) => void incoming.on('end', () => response.end()).resume(), QUICK);
    const { said, ms } = await sendSlowly('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab');
    expect(said).to.match(/^HTTP\/1\.1 408 /);
    expect(ms).to.be.within(600, 3_000);
  });

  it('does not keep a connection whose client never hangs up', async () => {
    await serve(hello, QUICK);
    const socket = connect({ port: Number(new URL(listening.url).port), host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.write('NONSENSE\r\n\r\n');
    await once(socket, 'data');
    const started = performance.now();
    await listening.close();
    expect(performance.now() - started).to.be.lessThan(3_000);
  });

  it('lets a running request finish before it closes, and takes no new one', async () => {
    let answer = () => {};
    await serve((_request, response) => {
      answer = () => void response.end('done');
    });
    const agent = new Agent({ keepAlive: true });
    const running = request(listening.url, { agent }).end();
    const response = once(running, 'response');
    await new Promise((resolve) => setTimeout(resolve, 50));
    let closed = false;
    const closing = listening.close().then(() => {
      closed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(closed, 'it waits').to.equal(false);
    const late = await fetch(listening.url).catch((error: unknown) => error);
    expect(late).to.be.instanceOf(Error);
    answer();
    const answered = performance.now();
    const [incoming] = await response;
    expect(incoming.statusCode).to.equal(200);
    incoming.resume();
    await closing;
    expect(performance.now() - answered, 'the connection kept alive is not waited for').to.be.lessThan(1_500);
    agent.destroy();
  });

  it('closes idle connections at once', async () => {
    await serve(hello);
    const agent = new Agent({ keepAlive: true });
    const [incoming] = await once(request(listening.url, { agent }).end(), 'response');
    incoming.resume();
    await once(incoming, 'end');
    const started = performance.now();
    await listening.close();
    expect(performance.now() - started).to.be.lessThan(1_000);
    agent.destroy();
  });

  it('waits no longer than it is told', async () => {
    await serve(() => {});
    const hanging = fetch(listening.url).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    await listening.close(200);
    expect(performance.now() - started).to.be.within(150, 1_500);
    expect(await hanging).to.be.instanceOf(Error);
  });
});
