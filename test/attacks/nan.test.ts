import { expect, test } from 'vitest';
import mean from '#aggregators/mean.js';
import nan from '#attacks/nan.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';

testAttack(nan, { examples: [{ own: [[1, -2]], forged: [[NaN, NaN]] }] });

test('a server leaves it out, counts it and goes on with the others', () => {
  const result = intakeOf(
    {
      preAggregators: [],
      aggregator: { rule: mean, options: {} },
      f: 0,
      attack: { attack: { rule: nan, options: {} }, ranges: [{ offset: 1, length: 1 }] },
    },
    {
      vectors: [vector(1, 2), vector(9, 9), vector(3, 4)],
      byzantine: [false, true, false],
      random: stream,
      state: null,
    },
  );
  expect(result).toMatchObject({ vector: vector(2, 3), nonFinite: [1], byzantineCount: 0 });
});
