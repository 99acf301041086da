import { expect } from 'vitest';
import type { ForgingContext } from '#src/rules/index.js';
import { neededInputs } from '#src/rules/running/need.js';
import { harmOf, meanOf, norm } from '#src/rules/toolbox/index.js';
import { stream } from '../conformance/vectors.ts';
import type { Step } from './ask-byzfl.ts';
import { attackOf, chainOf, type Ours, resultOf } from './built-in.ts';
import { type Comparison, expectNear, vectorsIn } from './comparison.ts';
import { inputOf, type Kind, kinds } from './inputs.ts';

const sizes: readonly (readonly [honest: number, byzantine: number, d: number])[] = [
  [3, 1, 1],
  [5, 1, 3],
  [9, 3, 50],
  [20, 9, 1000],
  [41, 11, 200],
];

/** Lies made of the honest vectors alone. */
const fixed: readonly (Ours & { theirs: Step })[] = [
  {
    rule: 'inner-product-manipulation',
    options: { tau: 2 },
    theirs: ['InnerProductManipulation', { tau: 2 }],
  },
  // Sign flipping in byzfl negates the honest vectors' mean, not the sender's own vector.
  { rule: 'inner-product-manipulation', options: { tau: 1 }, theirs: ['SignFlipping'] },
  {
    rule: 'a-little-is-enough',
    options: { z: 1.5, side: 'plus', ddof: 1 },
    theirs: ['ALittleIsEnough'],
  },
  {
    rule: 'a-little-is-enough',
    options: { z: -0.3, side: 'plus', ddof: 1 },
    theirs: ['ALittleIsEnough', { tau: -0.3 }],
  },
  { rule: 'mimic', options: { warmup: 0 }, theirs: ['Mimic'] },
];

/** The servers whose rule the optimal attacks try their lies on. */
const servers: readonly { before: Ours[]; rule: Ours; theirs: (f: number) => [Step[], Step] }[] = [
  { before: [], rule: { rule: 'mean' }, theirs: () => [[], ['Average']] },
  {
    before: [{ rule: 'static-clipping' }],
    rule: { rule: 'mean' },
    theirs: () => [[['Clipping']], ['Average']],
  },
  { before: [], rule: { rule: 'marginal-median' }, theirs: () => [[], ['Median']] },
  { before: [], rule: { rule: 'trimmed-mean' }, theirs: (f) => [[], ['TrMean', { f }]] },
  { before: [], rule: { rule: 'geometric-median' }, theirs: () => [[], ['GeometricMedian']] },
  {
    before: [{ rule: 'nearest-neighbor-mixing' }],
    rule: { rule: 'trimmed-mean' },
    theirs: (f) => [[['NNM', { f }]], ['TrMean', { f }]],
  },
  {
    before: [{ rule: 'adaptive-robust-clipping' }],
    rule: { rule: 'multi-krum', options: { neighbours: 'n-f-1' } },
    theirs: (f) => [[['ARC', { f }]], ['MultiKrum', { f }]],
  },
];

export const attackComparisons: readonly Comparison[] = [
  ...fixed.flatMap((pair) =>
    casesOf(kinds).map(
      ({ honest, byzantine, what }): Comparison => ({
        title: `${pair.rule} ${JSON.stringify(pair.options)} as ${pair.theirs[0]}`,
        what,
        call: { inputs: [honest], steps: [pair.theirs] },
        check: (answer, message) => {
          const [first, ...others] = forged(pair, zerosLike(honest, byzantine), honest);
          for (const other of others) expect(other, message).toEqual(first);
          expectNear([first!], answer, message);
        },
      }),
    ),
  ),
  ...casesOf(kinds).map(({ honest, what }): Comparison => {
    const own = honest.slice(0, 1);
    return {
      title: 'sign-flip as SignFlipping of a single vector',
      what,
      call: { inputs: [own], steps: [['SignFlipping']] },
      check: (answer, message) =>
        expectNear(forged({ rule: 'sign-flip' }, own, []), answer, message),
    };
  }),
  {
    title: 'infinity as Inf',
    what: 'd = 3',
    call: { inputs: [[new Float32Array(3)]], steps: [['Inf']] },
    check: (answer, message) => {
      const [ours] = forged({ rule: 'infinity' }, [new Float32Array(3)], []);
      expect([...ours!]).toEqual([...vectorsIn(answer, message)[0]!]);
    },
  },
  {
    title: 'gaussian is spread as Gaussian is',
    what: '4000 draws',
    call: { inputs: [[new Float32Array(4000)]], steps: [['Gaussian', { mu: 0, sigma: 200 }]] },
    check: (answer, message) => {
      const [ours] = forged({ rule: 'gaussian' }, [new Float32Array(4000)], []);
      const theirs = vectorsIn(answer, message)[0]!;
      // Kolmogorov and Smirnov: two samples of 4000 of one distribution are farther apart than this
      // once in 2000 times.
      expect(greatestGap(Float64Array.from(ours!), theirs)).toBeLessThan(0.0455);
    },
  },
  ...optimal('optimal-ipm', undefined, 'Optimal_InnerProductManipulation'),
  ...optimal('optimal-alie', { side: 'plus', ddof: 1 }, 'Optimal_ALittleIsEnough'),
];

/** Both search for the forged vector that takes the server's result farthest from the honest mean. */
function optimal(rule: string, options: Ours['options'], theirs: string): Comparison[] {
  return servers.flatMap((server) => {
    const chain = chainOf(server.before, server.rule);
    return casesOf(['plain', 'offset', 'ties', 'tiny'])
      .filter(
        ({ honest, byzantine }) => honest.length + byzantine >= neededInputs(chain, byzantine),
      )
      .map(({ honest, byzantine, what }): Comparison => {
        const [before, last] = server.theirs(byzantine);
        const steps: Step[] = [[theirs, { f: byzantine, agg: last, pre_agg_list: before }]];
        const named = [...server.before, server.rule].map((one) => one.rule).join(', ');
        return {
          title: `${rule} against ${named}`,
          what,
          call: { inputs: [honest], steps },
          check: (answer, message) => {
            const own = zerosLike(honest, byzantine);
            const aggregate = (isByzantine: readonly Float32Array[]) =>
              resultOf(chain, [...honest, ...isByzantine], byzantine);
            const mean = meanOf(honest);
            const harm = (candidate: Float32Array) => {
              const context = { honest, random: stream('oracle'), state: null, aggregate };
              return Math.sqrt(harmOf(candidate, own, mean, context));
            };
            const [ours] = forged({ rule, ...(options && { options }) }, own, honest, aggregate);
            const found = Float32Array.from(vectorsIn(answer, message)[0]!);
            // Where many forged vectors do as much harm, rounding decides which of them is found.
            const most = Math.max(harm(ours!), harm(found));
            const rounding = 1e-6 * norm(mean);
            expect(harm(ours!), message).toBeGreaterThanOrEqual((1 - 1e-5) * most - rounding);
            expect(harm(found), message).toBeGreaterThanOrEqual((1 - 1e-5) * most - rounding);
          },
        };
      });
  });
}

function casesOf(of: readonly Kind[]) {
  return of.flatMap((kind) =>
    sizes.map(([honest, byzantine, d]) => ({
      honest: inputOf(kind, honest, d),
      byzantine,
      what: `${honest} honest ${kind} vectors, ${byzantine} Byzantine, d = ${d}`,
    })),
  );
}

function forged(
  ours: Ours,
  own: readonly Float32Array[],
  honest: readonly Float32Array[],
  aggregate?: ForgingContext['aggregate'],
): readonly Float32Array[] {
  const { rule, options } = attackOf(ours);
  const context = {
    honest,
    random: stream('oracle'),
    state: null,
    ...(aggregate && { aggregate }),
  };
  return rule.forge(own, context, options).vectors;
}

function zerosLike([first]: readonly Float32Array[], count: number): Float32Array[] {
  return Array.from({ length: count }, () => new Float32Array(first!.length));
}

/** The greatest difference of the shares of two samples that are below a value. */
function greatestGap(a: Float64Array, b: Float64Array): number {
  const below = (values: Float64Array, x: number) =>
    values.reduce((count, value) => count + Number(value <= x), 0) / values.length;
  return Math.max(...Array.from(a, (x) => Math.abs(below(a, x) - below(b, x))));
}
