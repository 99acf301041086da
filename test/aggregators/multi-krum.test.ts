import { expect, test } from 'vitest';
import multiKrum from '#aggregators/multi-krum.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(multiKrum, {
  options: { neighbours: 'n-f-2' },
  examples: [
    {
      vectors: [[0], [1], [3], [4], [20]],
      f: 1,
      result: [2],
      selected: [0, 1, 2, 3],
    },
  ],
  permutation: 'ties',
  boundedBy: { timesSpread: 0 },
  tooFew: 'multi-krum needs at least 2f + 3 = 7 vectors, got 6 (f = 2)',
});

const context = { f: 1, random: stream('here'), state: null };

test('m says how many are selected', () => {
  const vectors = [0, 1, 3, 4, 20].map((x) => vector(x));
  const run = (m: number) =>
    multiKrum.aggregate(vectors, context, parseOptions(multiKrum, { m }) as never);
  expect(run(1)).toMatchObject({ selected: [1], vector: vector(1) });
  expect(run(2)).toMatchObject({ selected: [1, 2], vector: vector(2) });
  expect(run(5).selected).toEqual([0, 1, 2, 3, 4]);
});

test('fewer vectors than it shall take are too few', () => {
  const need = (f: number, m?: number) =>
    multiKrum.minimumInputs(f, parseOptions(multiKrum, m === undefined ? {} : { m }) as never);
  expect(need(1)).toBe(5);
  expect(need(1, 4)).toBe(5);
  expect(need(1, 6)).toBe(6);
});
