import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callableAggregator } from 'edgemlsim/aggregators';
import clippedMean from '../rules/clipped-mean.js';

const aggregate = callableAggregator(clippedMean);

test('a vector that is longer than the median norm is shortened to it', () => {
  // Norms 5, 5 and 50: (3, 4) + (3, 4) + (3, 4), each of length 5, divided by three.
  const result = aggregate({ f: 1 })([
    [3, 4],
    [3, 4],
    [30, 40],
  ]);
  assert.deepEqual([...result].map(Math.round), [3, 4]);
});

test('a single vector, however long, moves the result by no more than its share', () => {
  const honest = [
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
  ];
  const [x, y] = aggregate({ f: 1 })([...honest, [-1e6, 0]]);
  // The long one counts as (-1, 0): (2 - 1) / 5 and 2 / 5.
  assert.ok(Math.abs(x - 0.2) < 1e-6 && Math.abs(y - 0.4) < 1e-6);
});

test('too few vectors for f are refused', () => {
  assert.throws(() => aggregate({ f: 1 })([[1], [2]]), /clipped-mean/);
});

test('the order of the vectors does not matter', () => {
  const vectors = [
    [1, 2],
    [3, 4],
    [5, 7],
  ];
  assert.deepEqual(aggregate({ f: 1 })(vectors), aggregate({ f: 1 })([...vectors].reverse()));
});
