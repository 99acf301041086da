import { expect, test } from 'vitest';
import zenoPlusPlus from '#aggregators/zeno-plus-plus.js';
import { parseOptions } from '#src/rules/running/load.js';
import { norm, scaled } from '#src/rules/toolbox/vectors.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { distanceOf, stream, vector } from '../conformance/vectors.ts';

const towardsOnes = (d: number) => new Float32Array(d).fill(2);

testAggregator(zenoPlusPlus, {
  options: parseOptions(zenoPlusPlus, {}),
  examples: [
    {
      vectors: [
        [6, 8],
        [-3, -4],
      ],
      f: 0,
      reference: [3, 4],
      result: [3, 4],
      selected: [0],
    },
    { vectors: [[-3, -4]], f: 1, reference: [3, 4], result: [0, 0], selected: [] },
  ],
  reference: towardsOnes,
  permutation: 'rounding',
  boundedBy: { length: 2 * Math.sqrt(3) * (1 + 1e-6) },
  roundsEqual: true,
  ofEqual: (one) => scaled(one, norm(towardsOnes(one.length)) / norm(one)),
  tooFew: 'zeno-plus-plus needs at least 1 vector, got 0 (f = 2)',
});

const run = (vectors: Float32Array[], options: Record<string, unknown>) => {
  const context = { f: 0, reference: vector(3, 4), random: stream('here'), state: null };
  return zenoPlusPlus.aggregate(vectors, context, parseOptions(zenoPlusPlus, options) as never);
};

test('each is brought to the length of the reference before the mean', () => {
  // (5, 0) and (0, 5).
  const { vector: result, selected } = run([vector(0.1, 0), vector(0, 3000)], {});
  expect(distanceOf(result, vector(2.5, 2.5))).toBeLessThan(1e-6);
  expect(selected).toEqual([0, 1]);
});

test('rho and epsilon say how much descent a vector has to promise', () => {
  // <v, x> = 15 and 20, |x|^2 = 25.
  const vectors = [vector(1, 0), vector(0, 1)];
  expect(run(vectors, { rho: 0.59 }).selected).toEqual([0, 1]);
  expect(run(vectors, { rho: 0.61 }).selected).toEqual([1]);
  expect(run(vectors, { rho: 0.61, epsilon: 0.3 }).selected).toEqual([0, 1]);
  expect(run(vectors, { rho: 0.81 }).selected).toEqual([]);
});

test("as in the authors' program, the length as received may be what rho weighs", () => {
  const options = { rho: 1, penalised: 'received' };
  // 15 - 1 and 20 - 25.
  expect(run([vector(1, 0), vector(0, 5)], options).selected).toEqual([0]);
});

test('a zero vector is neither harm nor help', () => {
  const { vector: result, selected } = run([vector(0, 0), vector(3, 4)], {});
  expect(selected).toEqual([0, 1]);
  expect(distanceOf(result, vector(1.5, 2))).toBeLessThan(1e-6);
});
