import fc from 'fast-check';
import { expect, test } from 'vitest';
import aLittleIsEnough from '#attacks/a-little-is-enough.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { vectorsOf } from '../conformance/vectors.ts';
import { forge } from './forge.ts';

const honest = [
  [1, 0],
  [3, 4],
];

testAttack(aLittleIsEnough, {
  examples: [
    {
      own: [
        [7, 7],
        [8, 8],
      ],
      honest,
      options: { z: 1 },
      forged: [
        [1, 0],
        [1, 0],
      ],
    },
    { own: [[7, 7]], honest, options: { z: 1, side: 'plus' }, forged: [[3, 4]] },
    // Squares 1 + 0 + 1 about the mean 2; the deviation is 1 by h - 1.
    { own: [[7]], honest: [[1], [2], [3]], options: { z: 2, ddof: 1 }, forged: [[0]] },
  ],
});

function send(own: readonly Float32Array[], honest: readonly Float32Array[], given: unknown) {
  return forge(aLittleIsEnough, own, given, { honest }).vectors;
}

/** Honest values of mean 0 and variance 1, in both countings, as one coordinate. */
function standard(h: number): Float32Array[] {
  return Array.from({ length: h }, (_, index) => Float32Array.of(index % 2 === 0 ? 1 : -1));
}

test.each([
  // The source's own example: s = 2, Phi(1.43) = 0.9236 against 24 / 26 = 0.9231.
  { n: 50, m: 24, z: 1.4261 },
  // s = 26 - 12 = 14, 24 / 38 = 0.6316.
  { n: 50, m: 12, z: 0.3361 },
  // s = 6 - 2 = 4, half of the honest.
  { n: 10, m: 2, z: 0 },
  // Byzantine ones are the majority alone: s is held at 1, 3 / 4.
  { n: 12, m: 8, z: 0.6745 },
])('z is the quantile that $m of $n need: $z', ({ n, m, z }) => {
  const own = Array.from({ length: m }, () => Float32Array.of(9));
  const [forged] = send(own, standard(n - m), {});
  expect(-forged![0]!).toBeCloseTo(z, 3);
});

test('alone with one honest vector, the forged one is that vector', () => {
  expect(send([Float32Array.of(9)], [Float32Array.of(4)], {})).toEqual([Float32Array.of(4)]);
});

test('it is the mean and deviation of the honest vectors, computed in float64', () => {
  const element = fc.float({ noNaN: true, min: -100, max: 100 });
  const cases = fc.record({
    honest: fc.integer({ min: 2, max: 9 }).chain((h) => vectorsOf(h, 3, element)),
    z: fc.double({ noNaN: true, min: -3, max: 3 }),
    ddof: fc.constantFrom(0, 1),
    side: fc.constantFrom('minus', 'plus'),
  });
  fc.assert(
    fc.property(cases, ({ honest, z, ddof, side }) => {
      const [forged] = send([new Float32Array(3)], honest, { z, ddof, side });
      const h = honest.length;
      for (const at of [0, 1, 2]) {
        const values = honest.map((vector) => vector[at]!);
        const mean = values.reduce((sum, x) => sum + x, 0) / h;
        // By pairs: the sum over i < j of (x_i - x_j)^2 is h times the sum of squares about the mean.
        const pairs = values.flatMap((x, i) => values.slice(i + 1).map((y) => (x - y) ** 2));
        const squares = pairs.reduce((sum, x) => sum + x, 0) / h;
        const shift = z * Math.sqrt(squares / (h - ddof));
        expect(forged![at]).toBeCloseTo(mean + (side === 'plus' ? shift : -shift), 3);
      }
    }),
  );
});

test.each([{ z: 'auto' }, { ddof: 2 }, { side: 'both' }])('%j is refused', (options) => {
  expect(() => parseOptions(aLittleIsEnough, options)).toThrow('of a-little-is-enough');
});
