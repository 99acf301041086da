import { expect, test } from 'vitest';
import centeredClipping from '#aggregators/centered-clipping.js';
import type { PlainData } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { distanceOf, stream, vector } from '../conformance/vectors.ts';

testAggregator(centeredClipping, {
  options: { tau: 2000, iterations: 1, start: 'previous' },
  examples: [],
  permutation: 'rounding',
  boundedBy: { timesDiameter: 2000 },
  roundsEqual: true,
  tooFew: 'centered-clipping needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const run = (
  vectors: Float32Array[],
  options: Record<string, unknown>,
  state: PlainData = null,
) => {
  const context = { f: 1, random: stream('here'), state };
  return centeredClipping.aggregate(
    vectors,
    context,
    parseOptions(centeredClipping, options) as never,
  );
};

test('from zero, differences are shortened to tau', () => {
  const result = run([vector(1), vector(2), vector(9)], { tau: 2 });
  expect(distanceOf(result.vector, vector(5 / 3))).toBeLessThan(1e-6);
  expect(result).toMatchObject({ clipped: 1, iterations: 1 });
});

test('what it counts as clipped is of its last step', () => {
  const vectors = [vector(3), vector(3), vector(3)];
  // From 0 to 2, where no difference is over 2 any more.
  expect(run(vectors, { tau: 2, iterations: 1 })).toMatchObject({ clipped: 3, iterations: 1 });
  expect(run(vectors, { tau: 2, iterations: 2 })).toMatchObject({ clipped: 0, iterations: 2 });
});

test('it goes on from its previous result', () => {
  const far = [vector(30, 40), vector(30, 40), vector(30, 40)];
  let state: PlainData = null;
  for (const steps of [1, 2, 3, 4]) {
    const result = run(far, { tau: 10 }, state);
    expect(distanceOf(result.vector, vector(6 * steps, 8 * steps))).toBeLessThan(1e-4);
    state = result.state ?? null;
  }
  expect(distanceOf(run(far, { tau: 10, start: 'zero' }, state).vector, vector(6, 8))).toBeLessThan(
    1e-5,
  );
  expect(run(far, { tau: 10, start: 'zero' }, state).state).toBeUndefined();
  expect(run(far, { tau: 10, start: 'median' }, state).vector).toEqual(vector(30, 40));
});

test('several iterations are several aggregations of the same vectors', () => {
  const vectors = [vector(1, 5), vector(-3, 2), vector(100, -7)];
  const twice = run(vectors, { tau: 2 }, run(vectors, { tau: 2 }).state);
  expect(run(vectors, { tau: 2, iterations: 2 }).vector).toEqual(twice.vector);
});

test('however far out, one of three vectors moves it by a third of tau', () => {
  const honest = [vector(1, 0), vector(0, 1)];
  const moved = run([...honest, vector(-3e38, 3e38)], { tau: 6 }).vector;
  const still = run([...honest, vector(0, 0)], { tau: 6 }).vector;
  expect(distanceOf(moved, still)).toBeLessThan(2.0001);
});
