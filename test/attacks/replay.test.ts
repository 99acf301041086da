import { expect, test } from 'vitest';
import mean from '#aggregators/mean.js';
import replay from '#attacks/replay.js';
import type { IntakeState } from '#src/rules/running/intake.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';

testAttack(replay, { examples: [{ own: [[1, -2]], forged: [[1, -2]] }] });

/** The means of what one server gets from Byzantine senders only, aggregation by aggregation. */
function means(age: number, aggregations: number[][]): (number | undefined)[] {
  const options = parseOptions(replay, { age });
  let state: IntakeState | null = null;
  return aggregations.map((values) => {
    const result = intakeOf(
      {
        preAggregators: [],
        aggregator: { rule: mean, options: {} },
        f: 0,
        attack: { attack: { rule: replay, options }, ranges: null },
      },
      {
        vectors: values.map((value) => vector(value)),
        byzantine: values.map(() => true),
        random: stream,
        state,
      },
    );
    state = structuredClone(result.state);
    return result.vector?.[0];
  });
}

test('the i-th Byzantine sender sends the i-th of the last aggregation, counted around', () => {
  // (1 + 2) / 2, then (1 + 2 + 1) / 3, then (3 + 4) / 2.
  expect(
    means(1, [
      [1, 2],
      [3, 4, 5],
      [6, 7],
    ]),
  ).toEqual([1.5, Math.fround(4 / 3), 3.5]);
});

test('an age of three goes back three aggregations, and is fresh before', () => {
  expect(means(3, [[1], [2], [3], [4], [5], [6]])).toEqual([1, 2, 3, 1, 2, 3]);
});

test.each([0, 1.5, -1])('an age of %j is refused', (age) => {
  expect(() => parseOptions(replay, { age })).toThrow('options.age of replay');
});
