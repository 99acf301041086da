import { expect, test } from 'vitest';
import delay from '#attacks/delay.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testDeliveryAttack } from '../conformance/delivery-attack-conformance.ts';

const exponential = { distribution: 'exponential', meanMs: 1000 };

testDeliveryAttack(delay, {
  examples: [
    { delaysMs: [1000] },
    { options: { delayMs: 250 }, delaysMs: [250] },
    // -1000 ln(1 - 1/2) = 1000 ln 2, the median.
    { options: { delayMs: exponential }, floats: [0.5], delaysMs: [693.147] },
    { options: { delayMs: exponential }, floats: [0], delaysMs: [0] },
  ],
  mayDrop: [{ expected: false }],
});

test.each([0, -1, { distribution: 'exponential' }, { distribution: 'normal', meanMs: 1 }])(
  'a delay of %j is refused',
  (delayMs) => {
    expect(() => parseOptions(delay, { delayMs })).toThrow('options.delayMs');
  },
);
