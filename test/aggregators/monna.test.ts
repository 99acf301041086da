import { expect, test } from 'vitest';
import monna from '#aggregators/monna.js';
import type { PlainData } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(monna, {
  options: { pivot: 'median' },
  examples: [
    {
      vectors: [[2], [3], [9], [1]],
      f: 1,
      result: [2],
      selected: [0, 1, 3],
    },
  ],
  permutation: 'ties',
  boundedBy: { timesSpread: 0 },
  tooFew: 'monna needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const vectors = [vector(9), vector(1), vector(2), vector(8), vector(3)];
const run = (pivot: string, more: { reference?: Float32Array; state?: PlainData } = {}) => {
  const context = { f: 2, random: stream('here'), state: null, ...more };
  return monna.aggregate(vectors, context, parseOptions(monna, { pivot }) as never);
};

test('the trusted vector is the median, the first, or the previous result', () => {
  expect(run('median').selected).toEqual([1, 2, 4]);
  expect(run('first').selected).toEqual([0, 3, 4]);
  expect(run('previous')).toMatchObject({ selected: [1, 2, 4], state: vector(2) });
  expect(run('previous', { state: vector(10) }).selected).toEqual([0, 3, 4]);
});

test("a server's own reference is trusted before all else", () => {
  for (const pivot of ['median', 'first', 'previous']) {
    expect(run(pivot, { reference: vector(8), state: vector(0) }).selected).toEqual([0, 3, 4]);
  }
});
