import { expect, it } from 'vitest';
import { constantLinks } from '#src/network/constant-links.js';
import { LinkShaper } from '#src/network/link-shaper.js';

const link = {
  ...{ bandwidthMbps: 8, latencyMs: 3, loss: 0, maximumRetries: 0, duplication: 0, corruption: 0 },
};
const links = constantLinks({
  workerLink: { ...link, bandwidthMbps: 1 },
  signal: null,
  links: new Map([['edge', link]]),
});

/** 8 Mbit/s is a byte a microsecond. A packet of 1 500 bytes is let through at once. */
function shaped(
  shaper: LinkShaper,
  bytes: number,
  sentUs: number,
  { direction = 'up' as 'up' | 'down', sendings = 1, lower = 'edge', isRadio = false } = {},
) {
  const way = { lower, upper: 'cloud', direction, isRadio } as const;
  return shaper.shape({ transfer: { ...way, bytes, sentUs }, sendings });
}

it('has messages of one link in one direction wait for each other, and delays each by the latency', () => {
  const shaper = new LinkShaper(links);
  expect(shaped(shaper, 100_000, 0)).toEqual({ sentUs: 0, plainUs: 98_500 + 3000 });
  expect(shaped(shaper, 50_000, 10)).toEqual({ sentUs: 98_500, plainUs: 50_000 + 3000 });
  expect(shaped(shaper, 50_000, 10, { direction: 'down' }).sentUs).toBe(10);
  expect(shaped(shaper, 5000, 10, { lower: 'car', isRadio: true })).toEqual({
    ...{ sentUs: 10, plainUs: 28_000 + 3000 },
  });
});

it('keeps the link for what is sent again', () => {
  const shaper = new LinkShaper(links);
  expect(shaped(shaper, 100_000, 0, { sendings: 3 }).plainUs).toBe(98_500 + 3000);
  expect(shaped(shaper, 1000, 0).sentUs).toBe(298_500);
});
