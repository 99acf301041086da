import fc from 'fast-check';
import { expect, test } from 'vitest';
import minSum from '#attacks/min-sum.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { distanceOf, vectorsOf } from '../conformance/vectors.ts';
import { forge } from './forge.ts';
import { lengthOf, searchedShift, shiftGap } from './searched-shift.ts';

testAttack(minSum, {
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
    // Mean 2; sums 1 + 25 = 26, 1 + 16 = 17 and 25 + 16 = 41; about the mean 4 + 1 + 9 = 14.
    // 3 gamma^2 = 41 - 14 = 27, or 17 - 14 = 3.
    { own: [[7]], honest: [[0], [1], [5]], forged: [[-1]] },
    { own: [[7]], honest: [[0], [1], [5]], options: { bound: 'least' }, forged: [[1]] },
    {
      own: [[7, 7]],
      honest: [
        [1, 9],
        [3, 9],
      ],
      options: { direction: 'std' },
      forged: [[1, 9]],
    },
    { own: [[7]], honest: [[-1], [1]], forged: [[0]] },
  ],
});

test('it is what a search of the shift finds', () => {
  // Whole numbers: their mean has the same sign in float32 as in float64.
  const element = fc.integer({ min: -100, max: 100 });
  const honestOnes = fc.integer({ min: 2, max: 7 }).chain((h) => vectorsOf(h, 3, element));
  const directions = fc.constantFrom('unit' as const, 'sign' as const, 'std' as const);
  const bounds = fc.constantFrom('greatest', 'least');
  fc.assert(
    fc.property(honestOnes, directions, bounds, (honest, direction, bound) => {
      const own = [new Float32Array(3)];
      const [forged] = forge(minSum, own, { direction, bound }, { honest }).vectors;
      const sums = honest.map((a) => honest.reduce((sum, b) => sum + distanceOf(a, b) ** 2, 0));
      const most = bound === 'least' ? Math.min(...sums) : Math.max(...sums);
      const found = searchedShift(honest, direction, (at) => {
        const squares = honest.map((x) => lengthOf(at.map((value, i) => value - x[i]!)) ** 2);
        return squares.reduce((sum, x) => sum + x, 0) <= most;
      });
      expect(shiftGap(forged!, found, honest)).toBeLessThanOrEqual(1);
    }),
  );
});
