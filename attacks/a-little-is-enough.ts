import { defineAttack, z } from 'edgemlsim/rules';
import {
  combinationOf,
  meanOfGroup,
  normalQuantile,
  standardDeviationOf,
} from 'edgemlsim/rules/toolbox';

/**
 * A little is enough (ALIE): every Byzantine node sends the honest mean, moved by z standard
 * deviations at every coordinate: a forged vector within the honest spread.
 *
 * In: m vectors of Byzantine senders and h honest ones, unchanged. Out: m times mean - z std, by
 * coordinate (with `side: plus` mean + z std), mean and std rounded to float32 first. Knows all
 * honest vectors of the aggregation. Cost O(h d). Option `z`: a number, or `quantile`: Phi^-1((h -
 * s) / h) with n = h + m and s = floor(n / 2 + 1) - m, the honest vectors that have to be farther
 * out for the forged ones to be in a majority; s is held within 1 and h - 1. With few Byzantine
 * nodes this z is negative, and the forged vectors are on the other side. With h = 1 the deviation
 * is 0. `ddof` 0 divides by h, as in the source's code, 1 by h - 1. ByzFL has the side plus and
 * ddof 1, with z = 1.5 by default.
 * Source: Baruch et al., "A little is enough", NeurIPS 2019, algorithm 3; its example n = 50, m = 24
 * has s = 2, (26 - 2) / 26 = 0.923 and z = 1.43.
 * Example, z = 1: honest (1, 0), (3, 4) -> (1, 0): mean (2, 2), std (1, 2).
 */
export default defineAttack({
  kind: 'vector',
  name: 'a-little-is-enough',
  summary: 'the honest mean, moved by z standard deviations',
  knowledge: 'honest',
  options: z.object({
    z: z
      .union([z.number(), z.literal('quantile')])
      .default('quantile')
      .describe('standard deviations, or from how many honest vectors are farther out'),
    side: z.enum(['minus', 'plus']).default('minus').describe('mean minus or plus z std'),
    ddof: z
      .union([z.literal(0), z.literal(1)])
      .default(0)
      .describe('1: unbiased variance'),
  }),
  forge: (own, { honest }, options) => {
    const factor = options.z === 'quantile' ? quantileFor(honest.length, own.length) : options.z;
    const mean = meanOfGroup(honest, [...honest.keys()]);
    const deviation = standardDeviationOf(honest, options.ddof);
    const forged = combinationOf(
      [mean, deviation],
      [1, options.side === 'plus' ? factor : -factor],
    );
    return { vectors: own.map(() => forged) };
  },
});

function quantileFor(h: number, m: number): number {
  if (h === 1) return 0;
  const supporters = Math.floor((h + m) / 2 + 1) - m;
  return normalQuantile((h - Math.min(Math.max(supporters, 1), h - 1)) / h);
}
