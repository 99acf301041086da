import { expect, test } from 'vitest';
import buffering from '#pre-aggregators/buffering.js';
import { testPreAggregator } from '../conformance/pre-aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

// Without senders each vector is of its own.
testPreAggregator(buffering, {
  options: { buffers: 4 },
  examples: [
    { vectors: [[1], [3], [8]], f: 0, options: { buffers: 2 }, result: [[4.5], [3]] },
    { vectors: [[4, 1]], f: 0, result: [[4, 1]] },
  ],
});

const buffered = (senders: number[], buffers: number) => {
  const vectors = senders.map((_, index) => vector(2 ** index));
  return buffering.apply(vectors, { f: 1, senders, random: stream('here') }, { buffers });
};

test('whatever a sender sends goes into its own buffer', () => {
  const { vectors, sources } = buffered([3, 8, 3, 13], 5);
  expect(sources).toEqual([[0, 1, 2, 3]]);
  expect(vectors).toEqual([vector(15 / 4)]);
  expect(buffered([3, 8, 4, 13], 5).sources).toEqual([[0, 1, 3], [2]]);
});

test('empty buffers are left out, and the others keep their order', () => {
  const { vectors, sources } = buffered([9, 2, 0, 12], 10);
  expect(sources).toEqual([[2], [1, 3], [0]]);
  expect(vectors).toEqual([vector(4), vector(5), vector(1)]);
});
