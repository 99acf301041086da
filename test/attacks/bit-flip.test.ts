import { expect, test } from 'vitest';
import bitFlip from '#attacks/bit-flip.js';
import { builtInReference, loadAggregator, parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';

const own = [
  [7, 7],
  [8, 9],
];
const honest = [
  [1, -2],
  [5, 5],
];

testAttack(bitFlip, {
  examples: [
    {
      own,
      honest,
      forged: [
        [-1, 2],
        [-1, 2],
      ],
    },
    {
      own,
      honest,
      options: { negates: 'own' },
      forged: [
        [-7, -7],
        [-8, -9],
      ],
    },
    {
      own,
      honest,
      options: { negates: 'first-byzantine' },
      forged: [
        [-7, -7],
        [-7, -7],
      ],
    },
  ],
});

// Arrivals, in order: (8, 0) of a Byzantine sender, (2, 4) honest, (4, 8) Byzantine, (6, 0) honest.
test.each([
  // (2 + 6 - 2 - 2) / 4 and (4 + 0 - 4 - 4) / 4.
  ['first-honest', [1, -1]],
  // (2 + 6 - 8 - 4) / 4 and (4 + 0 - 0 - 8) / 4.
  ['own', [-1, -1]],
  // (2 + 6 - 8 - 8) / 4 and (4 + 0 - 0 - 0) / 4.
  ['first-byzantine', [-2, 1]],
])('a server that takes the mean gets %s negated as worked by hand', async (negates, mean) => {
  const aggregator = await loadAggregator(builtInReference('aggregators', 'mean'));
  const attack = { rule: bitFlip, options: parseOptions(bitFlip, { negates }) };
  const step = { preAggregators: [], aggregator, f: 2, attack: { attack, ranges: null } };
  const vectors = [vector(8, 0), vector(2, 4), vector(4, 8), vector(6, 0)];
  const byzantine = [true, false, true, false];
  const { vector: result } = intakeOf(step, { vectors, byzantine, random: stream, state: null });
  expect([...result!]).toEqual(mean);
});

test('a vector to negate of another name is refused', () => {
  expect(() => parseOptions(bitFlip, { negates: 'mine' })).toThrow('options.negates of bit-flip');
});
