import { expect, test } from 'vitest';
import marginalMedian from '#aggregators/marginal-median.js';
import optimalAlie from '#attacks/optimal-alie.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { copies, stream, vector } from '../conformance/vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';

testAttack(optimalAlie, {
  // The suite's server takes the mean: mean 2, deviation 1, z = 5242870.
  examples: [
    { own: [[7]], honest: [[1], [3]], forged: [[2 - 5_242_870]] },
    { own: [[7]], honest: [[1], [3]], options: { side: 'plus' }, forged: [[2 + 5_242_870]] },
  ],
});

test('at a server that takes the median, ten deviations do', () => {
  const vectors = [vector(1), vector(9), vector(2), vector(6)];
  const before = copies(vectors);
  const arrivals = {
    vectors,
    byzantine: [false, true, false, false],
    random: stream,
    state: null,
  };
  const step = (aggregator: typeof marginalMedian) => ({
    preAggregators: [],
    aggregator: { rule: aggregator, options: {} },
    f: 1,
    attack: { attack: { rule: optimalAlie, options: parseOptions(optimalAlie, {}) }, ranges: null },
  });
  const seen: number[] = [];
  const spying = {
    ...marginalMedian,
    aggregate: (...given: Parameters<typeof marginalMedian.aggregate>) => {
      seen.push(given[0][1]![0]!);
      return marginalMedian.aggregate(...given);
    },
  };
  const result = intakeOf(step(spying), arrivals);
  // 20 tries and the one that counts: mean 3, variance (4 + 1 + 9) / 3.
  expect(seen).toHaveLength(21);
  expect(seen[0]).toBe(3);
  expect(seen.at(-1)).toBeCloseTo(3 - 10 * Math.sqrt(14 / 3), 4);
  expect(result.vector).toEqual(vector(1.5));
  expect(vectors).toEqual(before);
});
