import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { until } from './rollcall.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

describe('the TCP proxy of the fault tests', () => {
  const sockets: Socket[] = [];
  let received: string[] = [];
  let server: Server;
  let proxy: TcpProxy;

  beforeEach(async () => {
    received = [];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => received.push('<reset>'));
      socket.on('data', (piece) => {
        received.push(piece.toString());
        socket.write(`re:${piece}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startTcpProxy({ target: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterEach(async () => {
    await proxy.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  const dial = async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const ask = async (socket: Socket, question: string) => {
    const answered = once(socket, 'data');
    socket.write(question);
    return String((await answered)[0]);
  };
  const brokenBy = async (socket: Socket, step: () => void) => {
    const broken = once(socket, 'error').catch((error: unknown) => error);
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    step();
    await broken;
    return (await failed).code;
  };

  it('passes both directions and names itself in a URL', async () => {
    expect(await ask(await dial(), 'one')).to.equal('re:one');
    expect(proxy.url('mongodb://user@far.example:27017/db?w=1')).to.equal(
      `mongodb://user@127.0.0.1:${proxy.port}/db?w=1`,
    );
  });

  it('lets a request through and loses its reply, as often as told', async () => {
    const lost = proxy.dropReplies({ times: 1, when: (request) => request.includes('save') });
    const socket = await dial();
    expect(await ask(socket, 'read')).to.equal('re:read');
    expect(await brokenBy(socket, () => socket.write('save'))).to.equal('ECONNRESET');
    expect(received.slice(0, 2)).to.deep.equal(['read', 'save']);
    expect(await ask(await dial(), 'save again')).to.equal('re:save again');
    expect(lost()).to.equal(1);
  });

  it('cuts every connection, and the server notices', async () => {
    const socket = await dial();
    await ask(socket, 'one');
    expect(await brokenBy(socket, () => proxy.reset())).to.equal('ECONNRESET');
    await until('the server has noticed', async () => received.includes('<reset>'));
    expect(proxy.connections()).to.equal(0);
    expect(await ask(await dial(), 'two')).to.equal('re:two');
  });

  it('holds everything back while it pauses', async () => {
    const [socket, answers] = [await dial(), [] as string[]];
    await ask(socket, 'one');
    socket.on('data', (piece) => answers.push(String(piece)));
    proxy.pause();
    socket.write('two');
    const late = await dial();
    late.write('three');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).to.deep.equal(['one']);
    proxy.heal();
    await until('all has passed', async () => received.length === 3 && answers.length === 1);
    expect(answers).to.deep.equal(['re:two']);
  });

  it('delays both ways', async () => {
    const socket = await dial();
    proxy.delay(60);
    const start = performance.now();
    await ask(socket, 'one');
    expect(performance.now() - start).to.be.within(115, 1_000);
  });

  it('ends with either side', async () => {
    const socket = await dial();
    socket.resume();
    await until('the pair is up', async () => server.listening && sockets.length === 2);
    sockets[1]?.end();
    await once(socket, 'end');
    await until('the pair is gone', async () => proxy.connections() === 0);
  });

  it('breaks the connection when nobody is behind it', async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
    const socket = connect(proxy.port, '127.0.0.1');
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    expect(error.code).to.equal('ECONNRESET');
  });
});
