import type { AggregationContext } from '#src/rules/index.js';
import { stream } from '../conformance/vectors.ts';
import type { Call } from './ask-byzfl.ts';
import { aggregatorOf, chainOf, type Ours, preAggregatorOf, resultOf } from './built-in.ts';
import { type Comparison, expectNear } from './comparison.ts';
import { inputOf, kinds, spread } from './inputs.ts';
import { subsetsOf } from './rule-comparisons.ts';

const wellBehaved = kinds.filter((kind) => kind !== 'equal');

const names: Record<string, Ours> = {
  ARC: { rule: 'adaptive-robust-clipping' },
  Clipping: { rule: 'static-clipping' },
  GeometricMedian: { rule: 'geometric-median' },
  Krum: { rule: 'krum', options: { neighbours: 'n-f-1' } },
  Median: { rule: 'marginal-median' },
  NNM: { rule: 'nearest-neighbor-mixing' },
  TrMean: { rule: 'trimmed-mean' },
};
const withoutF = ['Clipping', 'GeometricMedian', 'Median'];

/**
 * Comparisons that need more than an input and f: random numbers, memory, a trusted vector, several
 * steps.
 */
export const specialComparisons: readonly Comparison[] = [
  ...[1, 2, 3, 7, 31, 100].flatMap((s) => [bucketing(31, 40, s), bucketing(12, 3, s)]),
  ...wellBehaved.map((kind): Comparison => {
    const inputs = [7, 12, 5].map((n) => inputOf(kind, n, 40));
    return {
      title: 'centered-clipping remembers its last result, as a kept instance of byzfl does',
      what: kind,
      call: { inputs, steps: [['CenteredClipping', { tau: 3, L: 2 }]] },
      check: (answer, what) => {
        const { rule, options } = aggregatorOf({
          rule: 'centered-clipping',
          options: { tau: 3, iterations: 2 },
        });
        let before: Float32Array | null = null;
        for (const vectors of inputs) {
          const context: AggregationContext = { f: 2, random: stream('oracle'), state: before };
          before = rule.aggregate(vectors, context, options).vector;
        }
        expectNear([before!], answer, what);
      },
    };
  }),
  ...wellBehaved.flatMap((kind) =>
    [0, 3, 11].map((index): Comparison => {
      const vectors = inputOf(kind, 12, 40);
      return {
        title: 'monna trusts the reference it is given',
        what: `${kind}, vector ${index}`,
        call: { inputs: [vectors], steps: [['MoNNA', { f: 5, idx: index }]] },
        check: (answer, what) => {
          const { rule, options } = aggregatorOf({ rule: 'monna' });
          const context = {
            f: 5,
            reference: vectors[index]!,
            random: stream('oracle'),
            state: null,
          };
          expectNear([rule.aggregate(vectors, context, options).vector], answer, what);
        },
      };
    }),
  ),
  // With d = 1 one step of the power method is the whole of it.
  ...[5, 9, 12].flatMap((n) =>
    endsOf(n).flatMap((f) => [
      filter('caf with d = 1', 'caf', 'CAF that ends', inputOf('plain', n, 1), f),
      filter('smea with d = 1', 'smea', 'SMEA', inputOf('plain', n, 1), f),
    ]),
  ),
  ...[
    [5, 3],
    [8, 40],
    [9, 300],
  ].flatMap(([n, d]) =>
    endsOf(n!).flatMap((f) => [
      filter(
        'caf with the power method run to its end',
        'caf',
        'CAF to its end',
        spread(n!, d!),
        f,
      ),
      filter(
        'smea with the power method run to its end',
        'smea',
        'SMEA to its end',
        spread(n!, d!),
        f,
      ),
    ]),
  ),
  ...wellBehaved.flatMap((kind) => [
    chain(kind, ['NNM'], 'TrMean'),
    chain(kind, ['NNM'], 'Krum'),
    chain(kind, ['Clipping'], 'Median'),
    chain(kind, ['ARC', 'NNM'], 'GeometricMedian'),
    chain(kind, ['Clipping', 'ARC', 'NNM'], 'TrMean'),
  ]),
];

function endsOf(n: number): number[] {
  const most = Math.floor((n - 1) / 2);
  return [1, most].filter((f, at, all) => all.indexOf(f) === at && subsetsOf(n, f) < 100);
}

/** Both with the order that our stream draws. */
function bucketing(n: number, d: number, s: number): Comparison {
  const vectors = inputOf('plain', n, d);
  const { rule, options } = preAggregatorOf({ rule: 'bucketing', options: { s } });
  const ours = rule.apply(vectors, { f: 0, random: stream('oracle') }, options);
  const order = ours.sources!.flat();
  return {
    title: 'bucketing in the same order',
    what: `n = ${n}, d = ${d}, s = ${s}`,
    call: { inputs: [vectors], steps: [['Bucketing', { s }]], order },
    check: (answer, what) => expectNear(ours.vectors, answer, what),
  };
}

function filter(
  title: string,
  rule: string,
  theirs: string,
  vectors: readonly Float32Array[],
  f: number,
): Comparison {
  return {
    title,
    what: `n = ${vectors.length}, d = ${vectors[0]!.length}, f = ${f}`,
    call: { inputs: [vectors], steps: [[theirs, { f }]] },
    check: (answer, what) => {
      expectNear([resultOf(chainOf([], { rule }), vectors, f)], answer, what);
    },
  };
}

function chain(kind: (typeof kinds)[number], before: readonly string[], rule: string): Comparison {
  const vectors = inputOf(kind, 12, 40);
  const f = 3;
  const call: Call = {
    inputs: [vectors],
    steps: [...before, rule].map((name) => [name, withoutF.includes(name) ? {} : { f }]),
  };
  const ours = chainOf(
    before.map((name) => names[name]!),
    names[rule]!,
  );
  return {
    title: `a chain: ${[...before, rule].join(', ')}`,
    what: kind,
    call,
    check: (answer, what) => {
      expectNear([resultOf(ours, vectors, f)], answer, what);
    },
  };
}
