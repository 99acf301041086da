import { defineAttack, z } from 'edgemlsim/rules';
import { copyOf } from 'edgemlsim/rules/toolbox';

/**
 * IEEE bit flip: chosen bits of the float32 values are flipped, as broken memory or links do.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: copies, in which these bits of one in every p
 * coordinates are flipped: sender i (from 0) has them flipped where the coordinate modulo p is i modulo
 * p, so no coordinate is hit twice while p >= m. Bits count from 1, the lowest of the fraction, to 32,
 * the sign; 24 to 31 are the exponent. A vector in which a value becomes NaN or infinite is left out
 * by the intake. Knows its own vector only. Cost O(m d).
 * Source: Xie et al., "Generalized Byzantine-tolerant SGD", 2018 (bit-flip attack: bits 22, 30, 31 and
 * 32 of one worker's value at a coordinate).
 * Example: (0, 1) -> (-1.25 * 2^65, -1.25 * 2^64): the sign, the two highest bits of the exponent and a
 * quarter of the fraction change.
 */
export default defineAttack({
  kind: 'vector',
  name: 'ieee-bit-flip',
  summary: 'its own vector with bits of the float32 values flipped',
  knowledge: 'own',
  options: z.object({
    bits: z
      .array(z.int().min(1).max(32))
      .min(1)
      .refine((bits) => new Set(bits).size === bits.length, 'each bit once')
      .default([22, 30, 31, 32])
      .describe('which bits, from 1 (lowest) to 32 (the sign)'),
    every: z.int().positive().default(1).describe('p: one in p coordinates is hit'),
  }),
  forge: (own, _context, { bits, every }) => {
    const mask = bits.reduce((sum, bit) => sum | (1 << (bit - 1)), 0);
    return {
      vectors: own.map((vector, sender) => {
        const forged = copyOf(vector);
        const words = new Int32Array(forged.buffer, forged.byteOffset, forged.length);
        for (let at = sender % every; at < words.length; at += every) words[at]! ^= mask;
        return forged;
      }),
    };
  },
});
