import { describe, expect, it } from 'vitest';
import { constantLinks, type LinkSettings } from '#src/network/constant-links.js';
import type { Transfer } from '#src/network/link-model.js';
import { messageBytes } from '#src/nodes/messages.js';
import { openStream, type RandomStream } from '#src/simulation/random.js';

const never = () => {
  throw new Error('nothing is to be drawn here');
};

/** Over a link of these settings, sent at 0. */
const transfer = (bytes: number): Transfer => ({
  ...{ lower: 'left', upper: 'cloud', direction: 'up', isRadio: false, bytes, sentUs: 0 },
});

const linksOf = (link: LinkSettings) =>
  constantLinks({
    ...{ workerLink: { ...link, latencyMs: 1e9 }, signal: null },
    links: new Map([['left', link]]),
  });

const plain: LinkSettings = {
  bandwidthMbps: 20,
  latencyMs: 20,
  loss: 0,
  maximumRetries: 0,
  duplication: 0,
  corruption: 0,
};

const plainUs = (link: { bandwidthMbps: number; latencyMs: number }, bytes: number) =>
  linksOf({ ...plain, ...link }).plainUs(transfer(bytes));

const copiesOf = (link: LinkSettings, bytes: number, random: () => RandomStream) =>
  linksOf(link).carry(transfer(bytes), random).copies;

describe('a link', () => {
  it('takes its latency and the time of the bits: 20 ms and 437 544 bytes at 20 Mbit/s', () => {
    // 437 544 * 8 bits / 20 bits a microsecond = 175 017.6 us, and 20 000 us.
    expect(plainUs({ bandwidthMbps: 20, latencyMs: 20 }, 437_544)).toBe(195_018);
  });

  it('takes whole microseconds, the nearest ones', () => {
    expect(plainUs({ bandwidthMbps: 8, latencyMs: 0.0004 }, 3)).toBe(3);
    expect(plainUs({ bandwidthMbps: 8, latencyMs: 0.0006 }, 3)).toBe(4);
    expect(plainUs({ bandwidthMbps: 1000, latencyMs: 0 }, 0)).toBe(0);
  });

  const many = (link: LinkSettings) => {
    const random = openStream(1, 'test');
    return Array.from({ length: 10_000 }, () => copiesOf(link, 1000, () => random));
  };

  it('loses its share of messages', () => {
    const lost = many({ ...plain, loss: 0.2 }).filter(({ length }) => length === 0).length;
    // Binomial with deviation 40: five deviations.
    expect(Math.abs(lost - 2000)).toBeLessThan(200);
  });

  it('sends again what it loses, as often as it may, each time for the time that the bits take', () => {
    const delays = many({ ...plain, loss: 0.5, maximumRetries: 2 }).map(([copy]) => copy?.delayUs);
    const counts = [20_400, 40_800, 61_200, undefined].map(
      (delayUs) => delays.filter((each) => each === delayUs).length,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    // A half, a quarter, an eighth, and an eighth lost for good: deviations of 50 at most.
    for (const [i, wanted] of [5000, 2500, 1250, 1250].entries()) {
      expect(Math.abs(counts[i]! - wanted)).toBeLessThan(250);
    }
  });

  it('counts how often a message is sent again', () => {
    const link = linksOf({ ...plain, loss: 1, maximumRetries: 4 });
    expect(link.carry(transfer(1000), () => openStream(1, 'test'))).toEqual({
      retries: 4,
      copies: [],
    });
    expect(linksOf(plain).carry(transfer(1000), never).retries).toBe(0);
  });

  it('doubles its share of what it does not lose, and damages each copy by itself', () => {
    const sent = many({ ...plain, loss: 0.5, duplication: 0.2, corruption: 0.1 });
    const copies = sent.flat();
    const lost = sent.filter(({ length }) => length === 0).length;
    // Of 10 000: 5000 lost (deviation 50), 1000 doubled (deviation 30), a tenth of 6000 damaged (24).
    expect(Math.abs(lost - 5000)).toBeLessThan(250);
    expect(Math.abs(sent.filter(({ length }) => length === 2).length - 1000)).toBeLessThan(150);
    const damaged = copies.filter(({ corrupted }) => corrupted).length;
    expect(Math.abs(damaged - 600)).toBeLessThan(130);
    const pairs = sent.filter(({ length }) => length === 2);
    expect(pairs.some(([a, b]) => a!.corrupted !== b!.corrupted)).toBe(true);
  });

  it('delays each message by itself, so that one may overtake another', () => {
    // 8000 bits at 20 Mbit/s are 400 us, after 20 000 us.
    const jitterS = { distribution: 'uniform', fromS: 0.1, toS: 0.3 } as const;
    const delays = many({ ...plain, jitterS }).map(([copy]) => copy!.delayUs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(120_400);
    expect(Math.max(...delays)).toBeLessThanOrEqual(320_400);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    // Uniform with deviation 57 735 us: five deviations of the mean of 10 000.
    expect(Math.abs(mean - 220_400)).toBeLessThan(2900);
    expect(copiesOf({ ...plain, jitterS: 2 }, 1000, never)[0]!.delayUs).toBe(2_020_400);
  });

  it('loses everything at 1, and draws nothing where nothing is random', () => {
    expect(many({ ...plain, loss: 1 }).flat()).toEqual([]);
    expect(copiesOf(plain, 1000, never)).toEqual([{ delayUs: 20_400, corrupted: false }]);
  });
});

describe('constant links', () => {
  it('are those of the lower node, and one radio link for all workers', () => {
    const slow = { ...plain, latencyMs: 50 };
    const model = constantLinks({
      workerLink: { ...plain, latencyMs: 5 },
      signal: null,
      links: new Map([
        ['left', plain],
        ['inner', slow],
      ]),
    });
    // 8000 bits at 20 Mbit/s are 400 us.
    const up = transfer(1000);
    expect(model.plainUs(up)).toBe(20_400);
    expect(model.plainUs({ ...up, direction: 'down' })).toBe(20_400);
    expect(model.plainUs({ ...up, lower: 'inner', upper: 'left' })).toBe(50_400);
    expect(model.plainUs({ ...up, lower: 'car', upper: 'left', isRadio: true })).toBe(5400);
    expect(model.plainUs({ ...up, sentUs: 7e6 })).toBe(20_400);
  });
});

describe('a message', () => {
  it('is as long as its vector, four bytes an element, or a header without one', () => {
    const gradient = { type: 'gradient', round: 1, version: 0, gradient: 0, value: 0 } as const;
    expect(messageBytes(gradient, 109_386)).toBe(437_544);
    expect(messageBytes({ type: 'closed', round: 1 }, 109_386)).toBe(64);
    expect(messageBytes({ type: 'no-result', round: 1 }, 109_386)).toBe(64);
  });
});
