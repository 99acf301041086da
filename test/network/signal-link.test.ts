import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage } from '#src/mobility/coverage.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import logDistance from '#src/mobility/radio/models/log-distance.js';
import { Propagation } from '#src/mobility/radio/propagation.js';
import { type Signal, signalAlong } from '#src/mobility/radio/signal.js';
import type { Site } from '#src/mobility/site.js';
import { constantLinks, type LinkSettings } from '#src/network/constant-links.js';
import {
  lossProbability,
  meanLoss,
  rateMbps,
  type SignalSettings,
  sentUs,
} from '#src/network/signal-link.js';
import { openStream } from '#src/simulation/random.js';

const direction = { powerDbm: 20, sensitivityDbm: -86, noiseFigureDb: 9 };

/** With a loss that changes along straight lines. */
function signalOf(...losses: number[]): Signal {
  return { sinceUs: 1_000_000, losses, up: direction, down: direction };
}

// At 10 MHz noise is -174 + 70 + 9 = -95 dBm: a loss of L dB leaves a ratio of 115 - L dB.
const ratioDb = (lossDb: number) => 115 - lossDb;

const table = {
  kind: 'table' as const,
  steps: [
    { snrDb: 5, mbps: 3 },
    { snrDb: 10, mbps: 6 },
    { snrDb: 20, mbps: 12 },
  ],
};
const shannon = { kind: 'shannon' as const, efficiency: 1, capMbps: 40 };
const settings = (rate: SignalSettings['rate']) => ({ bandwidthMHz: 10, rate: rate!, loss: null });

describe('the rate of a signal', () => {
  it('is what Shannon allows, up to its cap', () => {
    // log2(1 + 1) = 1 and log2(1 + 3) = 2 bits a second and hertz.
    expect(rateMbps(0, shannon, 10)).toBeCloseTo(10, 12);
    expect(rateMbps(10 * Math.log10(3), shannon, 10)).toBeCloseTo(20, 12);
    expect(rateMbps(10 * Math.log10(3), { ...shannon, efficiency: 0.6 }, 10)).toBeCloseTo(12, 12);
    expect(rateMbps(60, shannon, 10)).toBe(40);
  });

  it('is that of the last ratio reached in a table, and nothing below the first', () => {
    expect([4.9, 5, 9.9, 10, 19.9, 20, 99].map((snrDb) => rateMbps(snrDb, table, 10))).toEqual([
      ...[0, 3, 3, 6, 6, 12, 12],
    ]);
  });
});

describe('a transfer', () => {
  it('ends when the integral of the rate is its size: by hand', () => {
    // The ratio rises from 0 to 20 dB in 2 s: nothing for 0.5 s, 3 Mbit/s for 0.5 s, 6 for 1 s, then 12.
    const signal = signalOf(0, 115, 2_000_000, 95, 9_000_000, 95);
    const end = (bits: number, startUs: number) =>
      sentUs(signal, 'up', settings(table), bits, startUs);
    expect(end(1_500_000, 1_000_000)).toBeCloseTo(2_000_000, 0);
    expect(end(4_500_000, 1_000_000)).toBeCloseTo(2_500_000, 0);
    expect(end(7_500_000 + 1_200_000, 1_000_000)).toBeCloseTo(3_100_000, 0);
    expect(end(750_000, 1_750_000)).toBeCloseTo(1_750_000 + 250_000, 0);
    expect(end(0, 1_750_000)).toBeCloseTo(1_750_000, 0);
  });

  it('does not end within a contact that is too short for it', () => {
    const signal = signalOf(0, 90, 1_000_000, 90);
    // 12 Mbit/s for a second.
    expect(sentUs(signal, 'up', settings(table), 11_990_000, 1_000_000)).toBeLessThan(2_000_000);
    expect(sentUs(signal, 'up', settings(table), 12_010_000, 1_000_000)).toBe(2_000_001);
  });

  it('ends when a stepper along the way itself says so, on random walks', () => {
    const rule = logDistance as never;
    const options = { exponent: 3, referenceM: 1 };
    const propagation = new Propagation({
      ...{ model: { rule, options }, frequencyGHz: 5.9, shadowing: null, seed: 1 },
    });
    const link = { maximumLossDb: 106, serverHeightM: 10, workerHeightM: 1.5 };
    const site: Site & { link: typeof link } = {
      ...{ server: 's', xM: 5, yM: 3, rangeM: propagation.reachM(link), link },
    };
    const point = fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -90, max: 90 }));
    const ways = fc.array(point, { minLength: 2, maxLength: 5 });
    const rates = fc.constantFrom<SignalSettings['rate']>(shannon, table);
    let compared = 0;
    fc.assert(
      fc.property(
        ways,
        rates,
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (points, rate, part) => {
          const way: Presence = {
            ...{
              entity: 'a',
              kind: 'car',
              timesUs: Float64Array.from(points, (_, i) => i * 4_000_000),
            },
            ...{
              x: Float64Array.from(points, ([x]) => x),
              y: Float64Array.from(points, ([, y]) => y),
            },
          };
          for (const contact of new Coverage([site], disc).contacts(way)) {
            const both = { up: direction, down: direction };
            const signal = signalAlong(way, contact, site, propagation, both);
            const startUs = Math.round(
              contact.enterUs + part * (contact.leaveUs - contact.enterUs),
            );
            const bits = 8_000_000;
            const endUs = sentUs(signal, 'up', settings(rate), bits, startUs);
            // In steps of half a millisecond, in the middle of each.
            let left = bits;
            let nowUs = startUs;
            while (left > 0 && nowUs < contact.leaveUs) {
              const at = (nowUs + 250) / 4_000_000;
              const i = Math.min(points.length - 2, Math.floor(at));
              const [x, y] = [0, 1].map((axis) => {
                const [from, to] = [points[i]![axis]!, points[i + 1]![axis]!];
                return from + (at - i) * (to - from) - (axis === 0 ? 5 : 3);
              }) as [number, number];
              const lossDb =
                20 * Math.log10((4 * Math.PI * 5.9e9) / 299_792_458) +
                30 * Math.log10(Math.max(1, Math.hypot(x, y)));
              left -= rateMbps(ratioDb(lossDb), rate!, 10) * 500;
              nowUs += 500;
            }
            if (nowUs >= contact.leaveUs) {
              expect(endUs).toBeGreaterThan(contact.leaveUs - 20_000);
              continue;
            }
            compared += 1;
            expect(Math.abs(endUs - nowUs)).toBeLessThan(2000 + 0.004 * (nowUs - startUs));
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(10);
  });

  it('takes latency besides, and whole microseconds rounded up, over a radio link', () => {
    const link: LinkSettings = {
      ...{
        bandwidthMbps: 1,
        latencyMs: 20,
        loss: 0,
        maximumRetries: 0,
        duplication: 0,
        corruption: 0,
      },
    };
    const rate = { kind: 'table' as const, steps: [{ snrDb: 0, mbps: 7 }] };
    const links = constantLinks({
      ...{ workerLink: link, signal: { bandwidthMHz: 10, rate, loss: null }, links: new Map() },
    });
    const signal = signalOf(0, 90, 9_000_000, 90);
    const way = { lower: 'car', upper: 's', direction: 'up', isRadio: true } as const;
    // 8000 bits at 7 Mbit/s are 1142.86 us.
    expect(links.plainUs({ ...way, signal, bytes: 1000, sentUs: 2_000_000 })).toBe(21_143);
    // Without a signal the link's own bandwidth counts.
    expect(links.plainUs({ ...way, bytes: 1000, sentUs: 2_000_000 })).toBe(28_000);
  });
});

describe('fast fading', () => {
  it('loses by the exponential and the gamma distribution of the power', () => {
    const rayleigh = { kind: 'fading' as const, m: 1 };
    // Mean 3 dB above the sensitivity: 1 - exp(-0.501187).
    expect(lossProbability(3, 0, rayleigh)).toBeCloseTo(1 - Math.exp(-(10 ** -0.3)), 12);
    // m = 3: the power is the mean of three exponential ones.
    const random = openStream(5, 'fading');
    const draws = 40_000;
    let below = 0;
    for (let i = 0; i < draws; i += 1) {
      const power = [0, 1, 2].reduce((sum) => sum - Math.log(1 - random.float()), 0) / 3;
      if (power < 10 ** -0.2) below += 1;
    }
    const probability = lossProbability(2, 0, { kind: 'fading', m: 3 });
    // Five deviations.
    expect(Math.abs(below / draws - probability)).toBeLessThan(5 * Math.sqrt(0.25 / draws));
  });

  it('loses by the mean over the time of sending, from a table too', () => {
    const packets = [
      { snrDb: 0, loss: 1 },
      { snrDb: 10, loss: 0 },
    ];
    const loss = { kind: 'table' as const, packets };
    expect([-5, 0, 4, 10, 20].map((snrDb) => lossProbability(0, snrDb, loss))).toEqual([
      1, 1, 0.6, 0, 0,
    ]);
    // The ratio rises from 0 to 20 dB in 2 s: a loss from 1 to 0 in the first of them.
    const signal = signalOf(0, 115, 2_000_000, 95);
    const given = { bandwidthMHz: 10, rate: null, loss };
    expect(meanLoss(signal, 'up', given, 1_000_000, 2_000_000)).toBeCloseTo(0.5, 9);
    expect(meanLoss(signal, 'up', given, 1_000_000, 3_000_000)).toBeCloseTo(0.25, 9);
    expect(meanLoss(signal, 'up', given, 1_500_000, 1_500_000)).toBeCloseTo(0.5, 4);
  });

  it('is one draw a message, beside the loss of the link', () => {
    const link: LinkSettings = {
      ...{
        bandwidthMbps: 20,
        latencyMs: 0,
        loss: 0.2,
        maximumRetries: 0,
        duplication: 0,
        corruption: 0,
      },
    };
    const loss = { kind: 'table' as const, packets: [{ snrDb: 0, loss: 0.5 }] };
    const links = constantLinks({
      ...{ workerLink: link, signal: { bandwidthMHz: 10, rate: null, loss }, links: new Map() },
    });
    const random = openStream(1, 'test');
    let draws = 0;
    const counted = () => {
      draws += 1;
      return random;
    };
    const way = { lower: 'car', upper: 's', direction: 'up', isRadio: true } as const;
    const transfer = { ...way, signal: signalOf(0, 90, 9e6, 90), bytes: 100, sentUs: 2e6 };
    const lost = Array.from({ length: 10_000 }, () => links.carry(transfer, counted)).filter(
      ({ copies }) => copies.length === 0,
    );
    expect(draws).toBe(10_000);
    // 1 - 0.8 * 0.5 = 0.6: deviation 49.
    expect(Math.abs(lost.length - 6000)).toBeLessThan(250);
  });
});
