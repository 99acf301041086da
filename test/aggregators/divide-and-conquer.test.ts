import { expect, test } from 'vitest';
import divideAndConquer from '#aggregators/divide-and-conquer.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(divideAndConquer, {
  options: { times: 1, coordinates: 10_000, filtered: 1 },
  examples: [
    {
      vectors: [[0], [1], [2], [9]],
      f: 1,
      result: [1],
      selected: [0, 1, 2],
      counts: { iterations: 1 },
    },
  ],
  permutation: 'ties',
  boundedBy: { timesSpread: 0 },
  tooFew: 'divide-and-conquer needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const run = (vectors: Float32Array[], f: number, options: Record<string, unknown>, name = 'here') =>
  divideAndConquer.aggregate(
    vectors,
    { f, random: stream(name), state: null },
    parseOptions(divideAndConquer, options) as never,
  );

test('what is far out in every coordinate is found in a few of them', () => {
  const vectors = Array.from({ length: 9 }, (_, index) =>
    Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * index) + (index === 4 ? 20 : 0)),
  );
  for (const name of ['one', 'two', 'three']) {
    const { selected } = run(vectors, 1, { coordinates: 3 }, name);
    expect(selected).toHaveLength(8);
    expect(selected).not.toContain(4);
  }
});

test('each time draws other coordinates, and only what stays each time is selected', () => {
  // Three far out, each in a coordinate of its own: of one coordinate only one is seen.
  const vectors = [0, 1, 2, 3, 4, 5, 6].map((index) =>
    Float32Array.from({ length: 3 }, (_, i) => (i === index ? 100 : index / 10)),
  );
  expect(run(vectors, 1, { coordinates: 1 }).selected).toHaveLength(6);
  expect(run(vectors, 1, { coordinates: 1, times: 60 }).selected).toEqual([3, 4, 5, 6]);
});

test('of vectors of which none stays each time, those are selected that stay most often', () => {
  const vectors = [vector(1, 0, 0), vector(0, 1, 0), vector(0, 0, 1)];
  const { selected } = run(vectors, 1, { coordinates: 1, times: 50 });
  expect(selected!.length).toBeGreaterThan(0);
});

test('leaving out more than f needs more vectors', () => {
  const options = parseOptions(divideAndConquer, { filtered: 2.5 }) as never;
  expect([0, 1, 2].map((f) => divideAndConquer.minimumInputs(f, options))).toEqual([1, 3, 6]);
});
