import { expect } from 'chai';
import type { Context } from 'mocha';
import { anonymously } from './anonymous.ts';

describe('a test about real people', () => {
  const run = (work: () => Promise<void>) => anonymously(work).call({} as Context);
  const ADDRESS = 'ada@acme.example';

  for (const [what, fail] of [
    ['an assertion', () => void expect([{ email: ADDRESS }]).to.deep.equal([])],
    ['the words of a directory', () => Promise.reject(new Error(`no such user\n    at ${ADDRESS}.ts:1:2`))],
    ['something that is no error', () => Promise.reject(ADDRESS)],
  ] as const)
    it(`that fails by ${what} shows nobody`, async () => {
      const error = await run(async () => fail()).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      const { message, stack, ...rest } = error as Error;
      expect(`${message} ${stack} ${JSON.stringify(rest)} ${JSON.stringify((error as Error).cause)}`).not.to.include(
        'ada@acme',
      );
      expect(message).to.match(/^did not hold \(/);
    });

  it('goes by when it holds', () => run(async () => undefined));
});
