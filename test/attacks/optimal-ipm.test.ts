import { expect, test } from 'vitest';
import marginalMedian from '#aggregators/marginal-median.js';
import optimalIpm from '#attacks/optimal-ipm.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { vector } from '../conformance/vectors.ts';
import { forge } from './forge.ts';

testAttack(optimalIpm, {
  // The suite's server takes the mean: the longer the forged vector the better.
  examples: [{ own: [[7]], honest: [[1], [3]], forged: [[-2 * 5_242_870]] }],
});

test('where no forged vector moves the median further, the shortest is sent', () => {
  const honest = [vector(1), vector(2), vector(3)];
  const aggregate = (forged: readonly Float32Array[]) =>
    marginalMedian.aggregate([...honest, ...forged], { f: 1 } as never, {}).vector;
  const { vectors } = forge(optimalIpm, [vector(7), vector(7)], {}, { honest, aggregate });
  // Two forged vectors: the median of (0, 0, 1, 2, 3) is 1, whatever tau.
  expect(vectors.map(([x]) => Math.abs(x!))).toEqual([0, 0]);
});

test('forged vectors that the server leaves out are no use', () => {
  const honest = [vector(1), vector(3)];
  // A server that believes nothing below -30: the mean 2 times -10 passes, times -30 does not.
  const aggregate = ([forged]: readonly Float32Array[]) =>
    forged![0]! < -30 ? null : vector((4 + forged![0]!) / 3);
  const { vectors } = forge(optimalIpm, [vector(7)], {}, { honest, aggregate });
  // So up to tau = 15. Steps after 10: 20 * 0.8^7 = 4.19 is the first below 5, then 20 * 0.8^15 = 0.70
  // the first below 0.81, and the last two are over what is left, 0.10.
  expect(-vectors[0]![0]! / 2).toBeCloseTo(10 + 20 * (0.8 ** 7 + 0.8 ** 15), 4);
});

test('without a server to try it on it refuses', () => {
  const call = () => forge(optimalIpm, [vector(7)], {}, { honest: [vector(1)] });
  expect(call).toThrow("knowledge: 'server'");
});
