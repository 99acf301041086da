import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aggregators } from '#aggregators/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { distanceOf, stream, vector } from '../conformance/vectors.ts';

/** A result is a vector, of a pre-aggregator several. */
interface Golden {
  cases: {
    f: number;
    vectors: number[][];
    results: Record<string, number[] | number[][]>;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('./aggregators.json', import.meta.url), 'utf8'),
) as Golden;

/** Names of the other implementations' results, and the variant of ours that each is. */
const variants: [result: string, rule: string, options?: Record<string, unknown>][] = [
  ['marginal-median', 'marginal-median'],
  ['trimmed-mean', 'trimmed-mean'],
  ['mean-around-median', 'mean-around-median'],
  ['phocas', 'phocas'],
  ['krum', 'krum'],
  ['krum n-f-1', 'krum', { neighbours: 'n-f-1' }],
  ['multi-krum n-f-1', 'multi-krum', { neighbours: 'n-f-1' }],
  ['bulyan', 'bulyan'],
  ['geometric-median', 'geometric-median'],
  ['geometric-median T=50', 'geometric-median', { iterations: 50 }],
  ['centered-clipping', 'centered-clipping', { tau: 2, iterations: 3 }],
  ['minimum-diameter-averaging', 'minimum-diameter-averaging'],
  ['monna first', 'monna', { pivot: 'first' }],
  ['caf', 'caf'],
  ['smea', 'smea'],
  ['divide-and-conquer', 'divide-and-conquer'],
  ['sign-guard', 'sign-guard', { share: 1 }],
  ['clipped-clustering', 'clipped-clustering'],
  ['majority-sign', 'majority-sign'],
];

const steps: [result: string, options?: Record<string, unknown>][] = [
  ['nearest-neighbor-mixing'],
  ['static-clipping', { c: 2 }],
  ['adaptive-robust-clipping'],
];

test('every result of other implementations is compared with', () => {
  const compared = [...variants, ...steps].map(([result]) => result).sort();
  const results = new Set(golden.cases.flatMap(({ results }) => Object.keys(results)));
  expect([...results].sort()).toEqual(compared);
});

describe.each(golden.cases.map((one, index) => ({ ...one, index })))(
  'case $index of other implementations',
  ({ f, vectors, results }) => {
    test.each(variants.filter(([result]) => results[result]))('%s', (result, name, options) => {
      const rule = aggregators.find((one) => one.name === name)!;
      const context = { f, random: stream('golden'), state: null };
      const inputs = vectors.map((values) => vector(...values));
      const found = rule.aggregate(inputs, context, parseOptions(rule, options)).vector;
      expectNear(found, results[result] as number[]);
    });

    test.each(steps)('%s', (name, options) => {
      const rule = preAggregators.find((one) => one.name === name)!;
      const inputs = vectors.map((values) => vector(...values));
      const context = { f, random: stream('golden') };
      const found = rule.apply(inputs, context, parseOptions(rule, options)).vectors;
      for (const [index, one] of found.entries()) {
        expectNear(one, (results[name] as number[][])[index]!);
      }
    });
  },
);

function expectNear(found: Float32Array, values: readonly number[]): void {
  const expected = vector(...values);
  const size = Math.max(1, distanceOf(expected, new Float32Array(expected.length)));
  expect(distanceOf(found, expected)).toBeLessThan(1e-5 * size);
}
