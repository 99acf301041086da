import { expect, test } from 'vitest';
import innerProductManipulation from '#attacks/inner-product-manipulation.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';

testAttack(innerProductManipulation, {
  examples: [
    {
      own: [
        [7, 7],
        [8, 8],
      ],
      honest: [
        [1, -2],
        [3, 4],
      ],
      forged: [
        [-4, -2],
        [-4, -2],
      ],
    },
    { own: [[7]], honest: [[1], [2], [6]], options: { tau: 0.5 }, forged: [[-1.5]] },
  ],
});

test.each([0, -1, Infinity])('a tau of %j is refused', (tau) => {
  expect(() => parseOptions(innerProductManipulation, { tau })).toThrow('options.tau of inner-');
});
