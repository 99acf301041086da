import { expect, test } from 'vitest';
import drop from '#attacks/drop.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testDeliveryAttack } from '../conformance/delivery-attack-conformance.ts';

testDeliveryAttack(drop, {
  examples: [
    { delaysMs: [] },
    { options: { probability: 0 }, delaysMs: [0] },
    { options: { probability: 0.25 }, floats: [0.24], delaysMs: [] },
    // [0, 0.25) is a quarter of [0, 1).
    { options: { probability: 0.25 }, floats: [0.25], delaysMs: [0] },
  ],
  mayDrop: [
    { expected: true },
    { options: { probability: 0.25 }, expected: true },
    { options: { probability: 0 }, expected: false },
  ],
});

test.each([-0.1, 1.1, 'always'])('a probability of %j is refused', (probability) => {
  expect(() => parseOptions(drop, { probability })).toThrow('options.probability of drop');
});
