import { stream } from '../conformance/vectors.ts';
import type { Call, Step } from './ask-byzfl.ts';
import { aggregatorOf, chainOf, type Ours, preAggregatorOf, resultOf } from './built-in.ts';
import { type Comparison, expectNear } from './comparison.ts';
import { inputOf, type Kind, kinds, sizes } from './inputs.ts';

interface Pair extends Ours {
  /** The call in byzfl for the same. */
  theirs(f: number): Step;
  /** byzfl looks at every subset of n - f; with more than this it would take too long. */
  mostSubsets?: number;
}

const aggregators: readonly Pair[] = [
  { rule: 'mean', theirs: () => ['Average'] },
  { rule: 'marginal-median', theirs: () => ['Median'] },
  { rule: 'trimmed-mean', theirs: (f) => ['TrMean', { f }] },
  { rule: 'mean-around-median', theirs: (f) => ['Meamed', { f }] },
  { rule: 'krum', options: { neighbours: 'n-f-1' }, theirs: (f) => ['Krum', { f }] },
  { rule: 'multi-krum', options: { neighbours: 'n-f-1' }, theirs: (f) => ['MultiKrum', { f }] },
  { rule: 'geometric-median', theirs: () => ['GeometricMedian'] },
  {
    rule: 'geometric-median',
    options: { iterations: 40, nu: 0.5 },
    theirs: () => ['GeometricMedian', { T: 40, nu: 0.5 }],
  },
  { rule: 'centered-clipping', options: { tau: 100 }, theirs: () => ['CenteredClipping'] },
  {
    rule: 'centered-clipping',
    options: { tau: 1.5, iterations: 5 },
    theirs: () => ['CenteredClipping', { tau: 1.5, L: 5 }],
  },
  {
    rule: 'minimum-diameter-averaging',
    theirs: (f) => ['MDA', { f }],
    mostSubsets: 1000,
  },
  { rule: 'monna', options: { pivot: 'first' }, theirs: (f) => ['MoNNA', { f, idx: 0 }] },
];

const preAggregators: readonly Pair[] = [
  { rule: 'adaptive-robust-clipping', theirs: (f) => ['ARC', { f }] },
  { rule: 'nearest-neighbor-mixing', theirs: (f) => ['NNM', { f }] },
  { rule: 'static-clipping', options: { c: 2 }, theirs: () => ['Clipping', { c: 2 }] },
  { rule: 'static-clipping', options: { c: 0.01 }, theirs: () => ['Clipping', { c: 0.01 }] },
];

/** On tensors byzfl computes in float32; elsewhere that differs by more than rounding. */
const kindsForTorch: readonly Kind[] = ['plain', 'ties', 'equal'];

/** Every aggregator and pre-aggregator of byzfl's without random numbers, on all inputs, f at both ends. */
export const ruleComparisons: readonly Comparison[] = [
  ...aggregators.flatMap((pair) => {
    const { rule, options } = aggregatorOf(pair);
    const least = (f: number) => rule.minimumInputs(f, options);
    return comparisonsOf(pair, least, (vectors, f) => [resultOf(chainOf([], pair), vectors, f)]);
  }),
  ...preAggregators.flatMap((pair) => {
    const { rule, options } = preAggregatorOf(pair);
    const least = (f: number) => rule.minimumInputs(f, options);
    return comparisonsOf(pair, least, (vectors, f) => {
      return rule.apply(vectors, { f, random: stream('oracle') }, options).vectors;
    });
  }),
];

function comparisonsOf(
  pair: Pair,
  least: (f: number) => number,
  run: (vectors: readonly Float32Array[], f: number) => readonly Float32Array[],
): Comparison[] {
  const options = pair.options === undefined ? '' : ` ${JSON.stringify(pair.options)}`;
  const cases = kinds.flatMap((kind) =>
    sizes.flatMap(([n, d]) =>
      endsOf(n, least, pair.mostSubsets).flatMap((f) =>
        (['numpy', 'torch'] as const).map((as) => ({ kind, n, d, f, as })),
      ),
    ),
  );
  return cases
    .filter(({ as, kind }) => as === 'numpy' || kindsForTorch.includes(kind))
    .map(({ kind, n, d, f, as }) => ({
      title: `${pair.rule}${options} on ${kind} vectors`,
      what: `n = ${n}, d = ${d}, f = ${f}, ${as}`,
      // Drawn when it is asked: without byzfl it is not.
      get call(): Call {
        return { inputs: [inputOf(kind, n, d)], steps: [pair.theirs(f)], as };
      },
      check: (answer, what) => expectNear(run(inputOf(kind, n, d), f), answer, what),
    }));
}

/** No Byzantine vector, and as many as the rule stands of n. */
function endsOf(n: number, least: (f: number) => number, mostSubsets = Infinity): number[] {
  const stood = Array.from({ length: n }, (_, f) => f).filter(
    (f) => 2 * f < n && least(f) <= n && subsetsOf(n, f) <= mostSubsets,
  );
  return [...new Set([0, Math.max(...stood)])];
}

export function subsetsOf(n: number, f: number): number {
  return Array.from({ length: f }, (_, out) => (n - out) / (out + 1)).reduce((a, b) => a * b, 1);
}
