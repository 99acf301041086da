import { expect, test } from 'vitest';
import duplicate from '#attacks/duplicate.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testDeliveryAttack } from '../conformance/delivery-attack-conformance.ts';

testDeliveryAttack(duplicate, {
  examples: [
    { delaysMs: [0, 100] },
    { options: { copies: 2 }, delaysMs: [0, 100, 200] },
    { options: { copies: 3, laterMs: 0 }, delaysMs: [0, 0, 0, 0] },
  ],
  mayDrop: [{ expected: false }],
});

test.each([{ copies: 0 }, { copies: 1.5 }, { laterMs: -1 }])('%j is refused', (options) => {
  expect(() => parseOptions(duplicate, options)).toThrow('of duplicate');
});
