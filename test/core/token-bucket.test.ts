import { expect } from 'chai';
import { refilled, secondsUntil } from '../../src/core/token-bucket.ts';
import { createRateLimiter } from '../../src/services/rate-limiter.ts';

describe('token buckets', () => {
  const rate = { perSecond: 10, burst: 20 };

  it('fill up to the burst and no further', () => {
    expect(refilled({ left: 0, at: 1_000 }, rate, 1_100)).to.deep.equal({ left: 1, at: 1_100 });
    expect(refilled({ left: 19.5, at: 0 }, rate, 1_000).left).to.equal(20);
  });

  it('take no harm from a clock that goes back', () =>
    expect(refilled({ left: 3, at: 5_000 }, rate, 0)).to.deep.equal({ left: 3, at: 0 }));

  it('tell whole seconds, one at least', () => {
    expect(secondsUntil(1, { left: 0.99, at: 0 }, rate)).to.equal(1);
    expect(secondsUntil(20, { left: 0, at: 0 }, rate)).to.equal(2);
    expect(secondsUntil(20, { left: 0, at: 0 }, { perSecond: 3, burst: 20 })).to.equal(7);
  });

  it('are forgotten when full, and of too many the one asked longest ago', () => {
    let now = 0;
    const limit = createRateLimiter({ perSecond: 1, burst: 1 }, { now: () => now });
    expect(limit('first')).to.equal(null);
    expect(limit('first')).to.deep.equal({ limit: 1, retryAfter: 1, reset: 1 });
    for (let n = 0; n < 9_999; n++) limit(`key-${n}`);
    expect(limit('key-9998'), 'it is kept').not.to.equal(null);
    limit('one too many');
    expect(limit('first'), 'it was asked longest ago').to.equal(null);
    now = 1_000;
    expect(limit('key-9998')).to.equal(null);
  });
});
