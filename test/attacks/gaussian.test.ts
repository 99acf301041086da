import { expect, test } from 'vitest';
import gaussian from '#attacks/gaussian.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { forge } from './forge.ts';

testAttack(gaussian, { examples: [] });

const send = (own: Float32Array[], given: unknown, random = stream('attack')) =>
  forge(gaussian, own, given, { random }).vectors;

/** A source whose normal values are these. */
function drawing(...values: number[]) {
  return Object.assign(stream('attack'), { normal: () => values.shift()! });
}

test('draws become values, or are added to its own', () => {
  expect(send([vector(1, -2)], {}, drawing(0.5, -1))).toEqual([vector(100, -200)]);
  expect(send([vector(1, -2)], { mode: 'add' }, drawing(0.5, -1))).toEqual([vector(101, -202)]);
});

test.each(['replace', 'add'])('each sender has noise of its own, with sigma (%s)', (mode) => {
  const n = 20_000;
  const own = [new Float32Array(n).fill(7), new Float32Array(n).fill(7)];
  const [a, b] = send(own, { mode, sigma: 3 }) as [Float32Array, Float32Array];
  const centre = mode === 'add' ? 7 : 0;
  let mean = 0;
  let variance = 0;
  let shared = 0;
  for (let i = 0; i < n; i += 1) {
    mean += (a[i]! - centre) / n;
    variance += (a[i]! - centre) ** 2 / n;
    shared += ((a[i]! - centre) * (b[i]! - centre)) / n;
  }
  // Five standard errors of each: sigma / sqrt(n), sigma^2 sqrt(2 / n), sigma^2 / sqrt(n).
  expect(Math.abs(mean)).toBeLessThan((5 * 3) / Math.sqrt(n));
  expect(Math.abs(variance - 9)).toBeLessThan(5 * 9 * Math.sqrt(2 / n));
  expect(Math.abs(shared)).toBeLessThan((5 * 9) / Math.sqrt(n));
});

test.each([0, -1, Infinity])('a sigma of %j is refused', (sigma) => {
  expect(() => parseOptions(gaussian, { sigma })).toThrow('options.sigma of gaussian');
});
