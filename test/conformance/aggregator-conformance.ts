import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Aggregator, PlainData } from '#src/rules/index.js';
import type { IntakeResult } from '#src/rules/running/intake.js';
import { builtInReference, loadAggregator } from '#src/rules/running/load.js';
import { describeNeed } from '#src/rules/running/need.js';
import { norm } from '#src/rules/toolbox/vectors.js';
import { plainMean } from '../kernels/plain-vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';
import { copies, differenceOf, distanceOf, stream, vector, vectorsOf } from './vectors.ts';

export interface AggregatorPromises {
  /** Completed options to run with; empty for rules without any. */
  options?: unknown;
  /** From the rule's source, worked by hand. */
  examples: {
    vectors: readonly (readonly number[])[];
    f: number;
    weights?: readonly number[];
    reference?: readonly number[];
    state?: PlainData;
    result: readonly number[];
    selected?: readonly number[];
    /** Counts of a rule that clips or iterates. */
    counts?: { clipped?: number; iterations?: number };
  }[];
  /**
   * The result does not depend on the order of the vectors: in every bit, up to rounding, or up to
   * rounding where no ties are broken (ties go to the lowest index).
   */
  permutation: 'exact' | 'rounding' | 'ties';
  /** Of a rule with ties: whether n vectors in general position have none. They do by default. */
  hasNoTies?: (n: number, f: number) => boolean;
  /** Of a rule with ties: elements of vectors that have none; the elements as drawn by default. */
  withoutTies?: (element: number) => number;
  /**
   * f vectors, however far out, leave each coordinate of the result within `timesSpread` times
   * the spread of the honest values there, from the honest ones; or the whole result within
   * `timesDiameter` times the greatest honest distance from the honest mean; or no longer than
   * `length`, whichever are honest; null for a rule that stands none.
   */
  boundedBy: { timesSpread: number } | { timesDiameter: number } | { length: number } | null;
  /** The vector that a server trusts whose rule needs a reference. */
  reference?: (d: number) => Float32Array;
  /** Of equal vectors the rule makes that vector up to rounding, not in every bit. */
  roundsEqual?: boolean;
  /** The rule's result for equal vectors, if not that vector. */
  ofEqual?: (vector: Float32Array) => Float32Array;
  /** The error about too few vectors for f = 2 and one vector less than needed. */
  tooFew: string;
}

/** Tests of the properties of every aggregation rule, and of those that this one promises. */
export function testAggregator(rule: Aggregator, promises: AggregatorPromises): void {
  const options = promises.options ?? {};
  const chosen = { rule, options };
  const step = (f: number) => ({ preAggregators: [], aggregator: chosen, f });
  const run = (vectors: readonly Float32Array[], f: number): IntakeResult =>
    intakeOf(step(f), {
      vectors,
      byzantine: vectors.map(() => false),
      ...(promises.reference && { reference: promises.reference(vectors[0]?.length ?? 0) }),
      random: stream,
      state: null,
    });
  const ofEqual = promises.ofEqual ?? ((one) => one);
  const least = (f: number) => rule.minimumInputs(f, options);
  /** n >= the need of f, vectors of length d. */
  const cases = (element?: fc.Arbitrary<number>) =>
    fc
      .record({ f: fc.integer({ min: 0, max: 3 }), more: fc.integer({ min: 0, max: 6 }) })
      .chain(({ f, more }) =>
        fc.record({
          f: fc.constant(f),
          vectors: fc
            .integer({ min: 1, max: 9 })
            .chain((d) => vectorsOf(least(f) + more, d, element)),
        }),
      );
  const moderate = fc.float({ noNaN: true, min: -1000, max: 1000 });

  const untie = promises.withoutTies ?? ((element: number) => element);
  /** Vectors in general position, so that no two distances are equal. */
  const untied = fc
    .record({
      f: fc.integer({ min: 0, max: 3 }),
      more: fc.integer({ min: 0, max: 6 }),
      d: fc.integer({ min: 2, max: 9 }),
      seed: fc.integer(),
    })
    .filter(({ f, more }) => promises.hasNoTies?.(least(f) + more, f) ?? true)
    .map(({ f, more, d, seed }) => {
      const random = stream(`general position ${seed}`);
      const one = () => Float32Array.from({ length: d }, () => untie(1000 * random.normal()));
      return { f, vectors: Array.from({ length: least(f) + more }, one) };
    });

  describe(`${rule.name} as an aggregator`, () => {
    test('is loaded by its name', async () => {
      const reference = builtInReference('aggregators', rule.name, options);
      expect((await loadAggregator(reference)).rule.name).toBe(rule.name);
    });

    test.each(promises.examples)('gives the worked example $result', (example) => {
      const { f, weights, state = null } = example;
      const reference = example.reference && vector(...example.reference);
      const aggregation = rule.aggregate(
        example.vectors.map((values) => vector(...values)),
        {
          f,
          ...(weights && { weights }),
          ...(reference && { reference }),
          random: stream('example'),
          state,
        },
        options,
      );
      expect([...aggregation.vector]).toEqual([...vector(...example.result)]);
      if (example.selected) expect(aggregation.selected).toEqual(example.selected);
      const { clipped, iterations } = aggregation;
      expect({ clipped, iterations }).toEqual({ ...example.counts });
    });

    test('leaves its inputs as they are, and gives the same twice', () => {
      fc.assert(
        fc.property(cases(), ({ vectors, f }) => {
          const before = copies(vectors);
          const first = run(vectors, f).vector!.slice();
          expect(vectors).toEqual(before);
          expect(run(vectors, f).vector).toEqual(first);
        }),
      );
    });

    test('keeps its promise about the order of the vectors', () => {
      const { permutation } = promises;
      const drawn =
        permutation === 'ties' ? untied : cases(permutation === 'exact' ? undefined : moderate);
      fc.assert(
        fc.property(drawn, fc.integer(), ({ vectors, f }, seed) => {
          const shuffled = stream(`order ${seed}`).shuffle([...vectors]);
          const found = run(shuffled, f).vector!;
          const expected = run(vectors, f).vector!;
          if (permutation === 'exact') expect(found).toEqual(expected);
          else expect(differenceOf(found, expected, 1000)).toBeLessThan(1e-5);
        }),
      );
    });

    test('never makes NaN of finite vectors', () => {
      fc.assert(
        fc.property(cases(), ({ vectors, f }) => {
          const found = run(vectors, f).vector!;
          expect(found.some(Number.isNaN)).toBe(false);
          // A rule that withstands a Byzantine vector does not leave the float32 range either.
          if (promises.boundedBy) expect(found.every(Number.isFinite)).toBe(true);
        }),
      );
    });

    test('takes as few vectors as it says, and no fewer', () => {
      for (const f of [0, 1, 2, 5]) {
        const enough = Array.from({ length: least(f) }, () => vector(1, 2));
        expect(run(enough, f).vector).not.toBeNull();
        const result = run(enough.slice(1), f);
        expect(result.vector).toBeNull();
        expect(result.needed).toBe(least(f));
      }
      const chain = { preAggregators: [], aggregator: chosen };
      expect(describeNeed(chain, least(2) - 1, 2)).toBe(promises.tooFew);
    });

    test('of equal vectors it makes that vector, or what it promises', () => {
      for (const f of [0, 1, 2]) {
        const one = vector(3, -0.5, 1024);
        const same = Array.from({ length: least(f) + 1 }, () => one);
        const found = run(same, f).vector!;
        if (!promises.roundsEqual) expect(found).toEqual(ofEqual(one));
        else expect(differenceOf(found, ofEqual(one), 1024)).toBeLessThan(1e-6);
      }
    });

    test('works on one vector, and on one coordinate', () => {
      const one = vector(1, -2, 8);
      if (least(0) <= 1) {
        expect(differenceOf(run([one], 0).vector!, ofEqual(one))).toBeLessThan(1e-5);
      }
      const single = Array.from({ length: least(1) }, (_, index) => vector(index));
      const [result] = run(single, 1).vector!;
      expect(result).toBeGreaterThanOrEqual(0);
      expect(result).toBeLessThan(single.length);
    });

    test('never sees a vector that is not finite', () => {
      const good = Array.from({ length: least(1) }, (_, index) => vector(index, 1, -index));
      const expected = run(good, 1);
      const bad = [vector(0, NaN, 0), vector(Infinity, 0, 0), vector(0, 0, -Infinity)];
      const result = run([bad[0]!, ...good.slice(0, 1), bad[1]!, ...good.slice(1), bad[2]!], 1);
      expect(result.vector).toEqual(expected.vector);
      expect(result.nonFinite).toEqual([0, 2, good.length + 2]);
      const tooFew = run([...bad, ...good.slice(1)], 1);
      expect(tooFew.vector).toBeNull();
    });

    test(
      promises.boundedBy ? 'f vectors move it only so far' : 'one vector moves it anywhere',
      () => {
        const honestOf = (n: number) =>
          Array.from({ length: n }, (_, index) => vector(index % 3, -(index % 5), 0.5));
        const far = [1e3, 1e8, -1e30, 3e38];
        if (promises.boundedBy === null) {
          const vectors = [...honestOf(5), vector(-1e30, 1e30, 1e30)];
          expect(differenceOf(run(vectors, 1).vector!, vector(1, -2, 0.5))).toBeGreaterThan(1e28);
          return;
        }
        for (const f of [1, 2, 4]) {
          const honest = honestOf(Math.max(0, least(f) - f));
          for (const distance of far) {
            const attackers = Array.from({ length: f }, () =>
              vector(distance, -distance, distance),
            );
            const result = run([...attackers, ...honest], f).vector!;
            if ('length' in promises.boundedBy) {
              expect(norm(result)).toBeLessThanOrEqual(promises.boundedBy.length);
              continue;
            }
            if ('timesDiameter' in promises.boundedBy) {
              const reach = promises.boundedBy.timesDiameter * diameterOf(honest);
              expect(distanceOf(result, plainMean(honest))).toBeLessThanOrEqual(reach);
              continue;
            }
            for (const [i, x] of result.entries()) {
              const values = honest.map((one) => one[i]!);
              const [low, high] = [Math.min(...values), Math.max(...values)];
              const reach = promises.boundedBy.timesSpread * (high - low);
              expect(x).toBeGreaterThanOrEqual(low - reach);
              expect(x).toBeLessThanOrEqual(high + reach);
            }
          }
        }
      },
    );
  });
}

function diameterOf(vectors: readonly Float32Array[]): number {
  return Math.max(...vectors.flatMap((a) => vectors.map((b) => distanceOf(a, b))));
}
