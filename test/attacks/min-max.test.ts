import fc from 'fast-check';
import { expect, test } from 'vitest';
import minMax from '#attacks/min-max.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { distanceOf, vectorsOf } from '../conformance/vectors.ts';
import { forge } from './forge.ts';
import { lengthOf, searchedShift, shiftGap } from './searched-shift.ts';

testAttack(minMax, {
  examples: [
    {
      own: [
        [7, 7],
        [8, 8],
      ],
      honest: [
        [1, 0],
        [3, 0],
      ],
      forged: [
        [1, 0],
        [1, 0],
      ],
    },
    // Mean (0, 3), p (0, -1). No two are farther apart than the last, 10: so far may it be from (0, 8);
    // from (4, 3) and (-4, 3) it could go further, down sqrt(100 - 16).
    {
      own: [[7, 7]],
      honest: [
        [4, 3],
        [-4, 3],
        [0, 8],
        [0, -2],
      ],
      forged: [[0, -2]],
    },
    // Mean (2, 2), p (-1, -1) by its signs; the farther one, (3, 3), may be sqrt 8 away.
    {
      own: [[7, 7]],
      honest: [
        [1, 1],
        [3, 3],
      ],
      options: { direction: 'sign' },
      forged: [[1, 1]],
    },
    // The second coordinate does not differ, so std leaves it alone.
    {
      own: [[7, 7]],
      honest: [
        [1, 9],
        [3, 9],
      ],
      options: { direction: 'std' },
      forged: [[1, 9]],
    },
    {
      own: [[7, 7]],
      honest: [
        [2, 5],
        [2, 5],
      ],
      forged: [[2, 5]],
    },
    { own: [[7]], honest: [[-1], [1]], forged: [[0]] },
  ],
});

test('it is what a search of the shift finds', () => {
  // Whole numbers: their mean has the same sign in float32 as in float64.
  const element = fc.integer({ min: -100, max: 100 });
  const honestOnes = fc.integer({ min: 2, max: 7 }).chain((h) => vectorsOf(h, 3, element));
  fc.assert(
    fc.property(honestOnes, fc.constantFrom('unit', 'sign', 'std'), (honest, direction) => {
      const own = [new Float32Array(3)];
      const [forged] = forge(minMax, own, { direction }, { honest }).vectors;
      const pairs = honest.flatMap((a) => honest.map((b) => distanceOf(a, b)));
      const bound = Math.max(...pairs);
      const found = searchedShift(honest, direction, (at) =>
        honest.every((x) => lengthOf(at.map((value, i) => value - x[i]!)) <= bound),
      );
      expect(shiftGap(forged!, found, honest)).toBeLessThanOrEqual(1);
    }),
  );
});

test('takes as many honest vectors as a city sends', () => {
  const honest = Array.from({ length: 400 }, (_, index) => Float32Array.of(index % 2));
  const [forged] = forge(minMax, [new Float32Array(1)], {}, { honest }).vectors;
  expect([...forged!]).toEqual([0]);
});
