import { connect } from 'node:net';
import { expect } from 'chai';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';

describe('A request that never becomes one', () => {
  let rollcall: TestRollcall;
  before(async () => {
    rollcall = await startRollcall();
  });
  after(() => rollcall.stop());

  for (const [what, sent, status] of [
    ['malformed HTTP', 'NONSENSE\r\n\r\n', 400],
    ['a head beyond all measure', `GET /scim/v2/x/Users HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
  ] as const)
    it(`answers ${what} with a SCIM error in JSON`, async () => {
      const answer = await exchange(Number(new URL(rollcall.url).port), sent);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head)
        .to.match(new RegExp(`^HTTP/1.1 ${status} `))
        .and.to.match(/Content-Type: application\/scim\+json/);
      expect(JSON.parse(body)).to.deep.include({ status: String(status) });
    });
});

function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
