import fc from 'fast-check';
import { expect, test } from 'vitest';
import ieeeBitFlip from '#attacks/ieee-bit-flip.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { vectorsOf } from '../conformance/vectors.ts';
import { forge } from './forge.ts';

testAttack(ieeeBitFlip, {
  examples: [
    { own: [[0, 1]], forged: [[-1.25 * 2 ** 65, -1.25 * 2 ** 64]] },
    { own: [[1.5, -2]], options: { bits: [32] }, forged: [[-1.5, 2]] },
    // The lowest bit of the exponent of 1 is set: without it 1 / 2. That of 2 is not: 4.
    { own: [[1, 2]], options: { bits: [24] }, forged: [[0.5, 4]] },
    {
      own: [
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
      ],
      options: { bits: [32], every: 2 },
      forged: [
        [-1, 2, -3, 4, -5],
        [1, -2, 3, -4, 5],
        [-1, 2, -3, 4, -5],
      ],
    },
  ],
});

test('flipped twice, every vector is what it was', () => {
  const bits = fc.uniqueArray(fc.integer({ min: 1, max: 32 }), { minLength: 1 });
  const bytes = (vectors: readonly Float32Array[]) =>
    vectors.map((values) => [...new Uint8Array(values.buffer)]);
  fc.assert(
    fc.property(vectorsOf(3, 7), bits, fc.integer({ min: 1, max: 9 }), (own, bits, every) => {
      const once = forge(ieeeBitFlip, own, { bits, every }).vectors;
      expect(bytes(once)).not.toEqual(bytes(own));
      expect(bytes(forge(ieeeBitFlip, once, { bits, every }).vectors)).toEqual(bytes(own));
    }),
  );
});

test.each([[[]], [[0]], [[33]], [[1.5]], [[3, 3]]])('bits %j are refused', (bits) => {
  expect(() => parseOptions(ieeeBitFlip, { bits })).toThrow('options.bits');
});
