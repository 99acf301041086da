import { describe, expect, test } from 'vitest';
import { angleOf, cosineOfTurns, exp, log, pow } from '#src/elementary.js';

/** Units in the last place of the expected value. */
function ulpsApart(found: number, expected: number): number {
  if (found === expected) return 0;
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(expected), 2 ** -1022)));
  return Math.abs(found - expected) / 2 ** (exponent - 52);
}

const shares = Array.from({ length: 2000 }, (_, at) => (at * 0.6180339887498949) % 1);

describe('beside the engine, which is good to about one unit in the last place', () => {
  test.each([
    ['log', log, Math.log, shares.map((share) => share * 1e6 + 1e-9)],
    ['exp', exp, Math.exp, shares.map((share) => 1400 * share - 700)],
    ['square roots as powers', (x) => pow(x, 0.5), Math.sqrt, shares.map((share) => 9 * share + 1)],
  ] as [string, (x: number) => number, (x: number) => number, number[]][])(
    '%s',
    (name, own, engine, xs) => {
      const most = name === 'square roots as powers' ? 4 : 3;
      for (const x of xs)
        expect(ulpsApart(own(x), engine(x)), `${name} of ${x}`).toBeLessThan(most);
    },
  );

  test('the cosine of turns', () => {
    for (const turns of shares) {
      expect(Math.abs(cosineOfTurns(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(1e-15);
    }
  });

  test('the angle', () => {
    for (const [at, y] of shares.entries()) {
      const x = shares[(7 * at) % shares.length]!;
      expect(ulpsApart(angleOf(y, x), Math.atan2(y, x))).toBeLessThan(3);
    }
  });
});

test('exact where the value is', () => {
  expect([0, 0.25, 0.5, 0.75].map((turns) => cosineOfTurns(turns))).toEqual([1, -0, -1, 0]);
  expect([angleOf(0, 0), angleOf(0, 5), angleOf(3, 0)]).toEqual([0, 0, Math.PI / 2]);
  expect([exp(0), log(1), pow(7, 0), pow(0, 2), pow(-2, 3)]).toEqual([1, 0, 1, 0, -8]);
});
