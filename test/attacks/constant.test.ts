import { expect, test } from 'vitest';
import constant from '#attacks/constant.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';

testAttack(constant, {
  examples: [
    { own: [[1, -2]], forged: [[100, 100]] },
    {
      own: [
        [1, -2],
        [3, 4],
      ],
      options: { value: -0.5 },
      forged: [
        [-0.5, -0.5],
        [-0.5, -0.5],
      ],
    },
  ],
});

test.each([Infinity, 1e39, '5'])('a value of %j is refused', (value) => {
  expect(() => parseOptions(constant, { value })).toThrow('options.value of constant');
});
