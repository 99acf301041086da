import { expect, test } from 'vitest';
import signFlip from '#attacks/sign-flip.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';

testAttack(signFlip, {
  examples: [
    { own: [[1, -2]], options: { magnitude: 5 }, forged: [[-5, 10]] },
    { own: [[1, -2]], forged: [[-1, 2]] },
  ],
});

test.each([0, -1, Infinity, '5'])('a magnitude of %j is refused', (magnitude) => {
  expect(() => parseOptions(signFlip, { magnitude })).toThrow('options.magnitude of sign-flip');
});
