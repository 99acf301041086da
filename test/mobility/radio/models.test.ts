import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximumLossDb } from '#src/mobility/radio/antenna.js';
import expression from '#src/mobility/radio/models/expression.js';
import freeSpace from '#src/mobility/radio/models/free-space.js';
import { radioModels } from '#src/mobility/radio/models/index.js';
import logDistance from '#src/mobility/radio/models/log-distance.js';
import twoRayGround from '#src/mobility/radio/models/two-ray-ground.js';
import umi from '#src/mobility/radio/models/umi-street-canyon.js';
import { Propagation } from '#src/mobility/radio/propagation.js';
import type { RadioPath } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { exp, log, log10, pow } from '#src/rules/toolbox/index.js';

function at(distanceM: number, frequencyGHz: number): RadioPath {
  return { distanceM, frequencyGHz, serverHeightM: 10, workerHeightM: 1.5 };
}

describe('exp, log and pow', () => {
  it('are those of mathematics to a few units in the last place', () => {
    const near = (value: number, wanted: number) =>
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(4e-16 * Math.abs(wanted) + 5e-324);
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: 1e308, noNaN: true }), (x) => {
        near(log(x), Math.log(x));
        expect(Math.abs(log10(x) - Math.log10(x))).toBeLessThan(2e-13);
      }),
    );
    fc.assert(
      fc.property(
        fc.double({ min: -700, max: 700, noNaN: true }),
        (x) => void near(exp(x), Math.exp(x)),
      ),
    );
    expect([log(1), exp(0), pow(2, 0), log(0), exp(-800), exp(800)]).toEqual([
      ...[0, 1, 1, Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
    ]);
    expect([log(-1), log(Number.NaN), exp(Number.NaN), pow(-2, 0.5)]).toEqual(
      Array(4).fill(Number.NaN),
    );
    expect(pow(-2, 3)).toBeCloseTo(-8, 12);
    expect(exp(-740) / Math.exp(-740)).toBeCloseTo(1, 2);
  });
});

describe('free space', () => {
  it.each([
    [15, 312.998],
    [40, 511.123],
  ])('reaches at 5.89 GHz and -86 dBm with %s mW as far as %s m', (milliwatts, metres) => {
    const antenna = {
      ...{ powerDbm: 10 * Math.log10(milliwatts), gainDbi: 0, sensitivityDbm: -86 },
      ...{ heightM: 1.5, noiseFigureDb: 0 },
    };
    const propagation = propagationOf(freeSpace, {}, 5.89);
    const link = { ...heights, maximumLossDb: maximumLossDb(antenna, antenna) };
    expect(propagation.reachM(link)).toBeCloseTo(metres, 3);
  });
});

describe('log distance', () => {
  it('loses 101.865 dB over 100 m at 5.9 GHz with n = 2.7', () => {
    const options = { exponent: 2.7, referenceM: 1 };
    expect(logDistance.lossDb(at(100, 5.9), options)).toBeCloseTo(101.865, 3);
  });
});

describe('two-ray ground', () => {
  it('is free space up to the crossover, then loses 40 dB a decade', () => {
    // 4 pi 10 1.5 / (c / 0.9 GHz) = 565.9 m
    const loss = (d: number) => twoRayGround.lossDb(at(d, 0.9), {});
    expect(loss(565)).toBe(freeSpace.lossDb(at(565, 0.9), {}));
    expect(loss(1000)).toBeCloseTo(120 - 20 * Math.log10(15), 10);
    const crossoverM = (4 * Math.PI * 15 * 0.9e9) / 299_792_458;
    expect(loss(crossoverM - 1e-9)).toBeCloseTo(loss(crossoverM + 1e-9), 8);
  });
});

describe('UMi street canyon', () => {
  // The values of the standard's formulas, by hand.
  it.each([
    [3.5, 10, 66.761],
    [3.5, 100, 85.314],
    [3.5, 300, 98.244],
    [28, 10, 84.823],
    [28, 100, 103.376],
    [28, 300, 113.366],
  ])('with line of sight at %s GHz over %s m loses %s dB', (frequencyGHz, metres, lossDb) => {
    const loss = umi.lossDb(at(metres, frequencyGHz), { sight: 'los', placeM: 50 });
    expect(loss).toBeCloseTo(lossDb, 3);
  });

  it('is what table 7.4.1-1 of TR 38.901 says, written a second time', () => {
    const metres = fc.double({ min: 10, max: 5000, noNaN: true });
    const frequencies = fc.double({ min: 0.5, max: 100, noNaN: true });
    const workerHeights = fc.double({ min: 1.5, max: 22.5, noNaN: true });
    fc.assert(
      fc.property(metres, frequencies, workerHeights, (d2D, fc_, hUT) => {
        const hBS = 10;
        const d3D = Math.hypot(d2D, hBS - hUT);
        const dBP = (4 * (hBS - 1) * (hUT - 1) * fc_ * 1e9) / 3e8;
        const PL1 = 32.4 + 21 * Math.log10(d3D) + 20 * Math.log10(fc_);
        const PL2 =
          32.4 +
          40 * Math.log10(d3D) +
          20 * Math.log10(fc_) -
          9.5 * Math.log10(dBP ** 2 + (hBS - hUT) ** 2);
        const PLlos = d2D <= dBP ? PL1 : PL2;
        const PLnlos = 35.3 * Math.log10(d3D) + 22.4 + 21.3 * Math.log10(fc_) - 0.3 * (hUT - 1.5);
        const path = { distanceM: d2D, frequencyGHz: fc_, serverHeightM: hBS, workerHeightM: hUT };
        expect(umi.lossDb(path, { sight: 'los', placeM: 50 })).toBeCloseTo(PLlos, 9);
        const worse = Math.max(PLlos, PLnlos);
        expect(umi.lossDb(path, { sight: 'nlos', placeM: 50 })).toBeCloseTo(worse, 9);
      }),
    );
  });

  it('draws lines of sight as often as table 7.4.2-1 says', () => {
    const { draw } = umi.places!;
    const uniforms = Array.from({ length: 10_000 }, (_, i) => i / 10_000);
    for (const d of [5, 18, 30, 80, 200]) {
      const seen = uniforms.filter(
        (u) => draw(at(d, 3.5), u, { sight: 'drawn', placeM: 50 }).sight === 'los',
      );
      const wanted = d <= 18 ? 1 : 18 / d + Math.exp(-d / 36) * (1 - 18 / d);
      expect(seen.length / uniforms.length).toBeCloseTo(wanted, 3);
    }
  });
});

describe('an expression', () => {
  it('may be any of the other formulas', () => {
    const own = { lossDb: '20 log10(4 pi d f * 10^9 / 299792458)' };
    for (const d of [1, 10, 333.3]) {
      expect(expression.lossDb(at(d, 5.9), own)).toBeCloseTo(freeSpace.lossDb(at(d, 5.9), {}), 10);
    }
    expect(expression.lossDb(at(50, 2), { lossDb: 'd < 30 ? 60 : 50 + hs + hw + max(f, 1)' })).toBe(
      63.5,
    );
  });

  it('takes its power from the project, not from the engine', () => {
    for (const x of [1.1, 3.7, 12.9]) {
      expect(expression.lossDb(at(x, 1), { lossDb: 'd ^ 2.7' })).toBe(pow(x, 2.7));
    }
  });

  it('is refused when it knows another name or does something else', () => {
    expect(() => expression.lossDb(at(1, 1), { lossDb: '40 + distance' })).toThrow(
      /unknown name "distance"/,
    );
    expect(() => expression.lossDb(at(1, 1), { lossDb: 'a = 3' })).toThrow(/not arithmetic/);
  });
});

describe.each(radioModels.map((model) => [model.name, model] as const))(
  'the model %s',
  (name, model) => {
    const options = parseOptions(
      model,
      name === 'expression' ? { lossDb: '40 + 27 log10(d)' } : {},
    );

    it('gives a finite loss that does not fall with distance, from 1 m to 20 km', () => {
      let before = Number.NEGATIVE_INFINITY;
      for (let d = 1; d <= 20_000; d *= 1.05) {
        const loss = model.lossDb(at(d, 5.9), options);
        expect(Number.isFinite(loss)).toBe(true);
        expect(loss).toBeGreaterThanOrEqual(before);
        before = loss;
      }
    });

    it('reaches as far as its loss stays within the budget', () => {
      const fixed = name === 'umi-street-canyon' ? { sight: 'los', placeM: 50 } : options;
      const reachM = propagationOf(model, fixed, 5.9).reachM({ ...heights, maximumLossDb: 106 });
      expect(model.lossDb(at(reachM, 5.9), fixed)).toBeLessThanOrEqual(106);
      expect(model.lossDb(at(reachM + 1e-6, 5.9), fixed)).toBeGreaterThan(106);
    });
  },
);

const heights = { serverHeightM: 10, workerHeightM: 1.5 };

function propagationOf(rule: unknown, options: unknown, frequencyGHz: number) {
  const model = { rule, options } as ConstructorParameters<typeof Propagation>[0]['model'];
  return new Propagation({ model, frequencyGHz, shadowing: null, seed: 1 });
}
