import { expect, test } from 'vitest';
import { Coverage } from '#src/mobility/coverage.js';
import type { Presence } from '#src/mobility/presence.js';
import { signalAlong } from '#src/mobility/radio/signal.js';
import type { RadioBudget, Site } from '#src/mobility/site.js';
import { sentUs } from '#src/network/signal-link.js';
import { type Town, towns, traceOf, walks } from '../mobility/towns.ts';

const BANDWIDTH_MHZ = 0.01;
const end = { powerDbm: 10, sensitivityDbm: -95, noiseFigureDb: 30 };
const settings = {
  bandwidthMHz: BANDWIDTH_MHZ,
  rate: { kind: 'shannon', efficiency: 0.6, capMbps: null },
  loss: null,
} as const;
const STEP_US = 4000;

/** Bits that are sent in that time: each step at the rate of the place in its middle. */
function steppedBits(
  { timesUs, x, y }: Presence,
  site: Site & { link: RadioBudget },
  { propagation }: Town,
  [fromUs, toUs]: [number, number],
): number {
  const noiseDbm = -174 + 10 * Math.log10(BANDWIDTH_MHZ * 1e6) + end.noiseFigureDb;
  const steps = Math.max(1, Math.ceil((toUs - fromUs) / STEP_US));
  const stepUs = (toUs - fromUs) / steps;
  let bits = 0;
  for (let step = 0; step < steps; step += 1) {
    const nowUs = fromUs + (step + 0.5) * stepUs;
    const i = timesUs.findIndex((timeUs) => timeUs > nowUs);
    const part = (nowUs - timesUs[i - 1]!) / (timesUs[i]! - timesUs[i - 1]!);
    const placeOn = (axis: Float64Array) => axis[i - 1]! + part * (axis[i]! - axis[i - 1]!);
    const lossDb = propagation!.lossDb(site, placeOn(x) - site.xM, placeOn(y) - site.yM);
    const snr = 10 ** ((end.powerDbm - lossDb - noiseDbm) / 10);
    bits += 0.6 * BANDWIDTH_MHZ * Math.log2(1 + snr) * stepUs;
  }
  return bits;
}

test.each(towns.filter(([, { propagation }]) => propagation !== null))(
  'with the radio %s a transfer ends when a stepper along the way has sent it',
  (name, town) => {
    // Losses are foretold at steps of a twentieth of the distance, and linear in between: the expression of
    // this town has corners of 2 dB a metre, which straight lines over 2 to 4 m cut off.
    const tolerance = name.startsWith('expression') ? 0.01 : 0.003;
    const { sites, radio, propagation } = town;
    const coverage = new Coverage(sites, radio);
    let [arrived, cut] = [0, 0];
    for (const packed of walks.flatMap((ways) => traceOf(ways).presences)) {
      const way = packed.unpacked();
      for (const contact of coverage.contacts(way)) {
        const site = sites[contact.site] as Site & { link: RadioBudget };
        const signal = signalAlong(way, contact, site, propagation!, { up: end, down: end });
        const { enterUs, leaveUs } = contact;
        const startUs = Math.round(enterUs + 0.3 * (leaveUs - enterUs));
        const fullBits = steppedBits(way, site, town, [startUs, leaveUs]);
        for (const share of [0.2, 0.7, 1.05]) {
          const bits = share * fullBits;
          const endUs = sentUs(signal, 'up', settings, bits, startUs);
          if (share > 1) {
            expect(endUs).toBeGreaterThan(leaveUs);
            cut += 1;
            continue;
          }
          expect(endUs).toBeLessThan(leaveUs);
          const sent = steppedBits(way, site, town, [startUs, endUs]);
          // A place that a step of either side misses is worth that step, at most.
          const stepBits = bits / ((endUs - startUs) / STEP_US);
          expect(Math.abs(sent - bits)).toBeLessThan(tolerance * bits + stepBits);
          arrived += 1;
        }
      }
    }
    expect(arrived).toBeGreaterThan(20);
    expect(cut).toBeGreaterThan(10);
  },
);
