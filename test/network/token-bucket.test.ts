import { expect, it } from 'vitest';
import { TokenBucket } from '#src/network/token-bucket.js';

it('lets messages through one after another at the rate', () => {
  const bucket = new TokenBucket();
  expect(bucket.take(0, 100, 0)).toEqual({ startUs: 0, endUs: 100 });
  expect(bucket.take(30, 100, 0)).toEqual({ startUs: 100, endUs: 200 });
  // Idle from 200 to 500: what it did not carry is gone.
  expect(bucket.take(500, 100, 0)).toEqual({ startUs: 500, endUs: 600 });
});

it('passes at once what an idle link did not carry, up to its depth', () => {
  const bucket = new TokenBucket();
  // Full at first: 40 of 100 pass at once, the rest at the rate.
  expect(bucket.take(0, 100, 40)).toEqual({ startUs: 0, endUs: 60 });
  // The bucket is empty until 60: then it fills by 15 until 75.
  expect(bucket.take(75, 20, 40)).toEqual({ startUs: 75, endUs: 80 });
  // Small ones pass while it lasts, then wait.
  expect([0, 1, 2].map(() => bucket.take(1000, 20, 40).endUs)).toEqual([1000, 1000, 1020]);
  expect(bucket.take(1000, 20, 40)).toEqual({ startUs: 1020, endUs: 1040 });
});

it('never carries more in any time than the rate and its depth allow', () => {
  const bucket = new TokenBucket();
  const depthUs = 50;
  const sent: { endUs: number; sendingUs: number }[] = [];
  for (let index = 0; index < 200; index += 1) {
    const sendingUs = 1 + ((index * 37) % 90);
    const nowUs = index * 40;
    sent.push({ sendingUs, endUs: bucket.take(nowUs, sendingUs, depthUs).endUs });
  }
  let mostUs = 0;
  for (const [first, { endUs: fromUs }] of sent.entries()) {
    let carriedUs = 0;
    for (const { endUs, sendingUs } of sent.slice(first + 1)) {
      carriedUs += sendingUs;
      mostUs = Math.max(mostUs, carriedUs - (endUs - fromUs));
    }
  }
  expect(mostUs).toBeLessThanOrEqual(depthUs);
});
