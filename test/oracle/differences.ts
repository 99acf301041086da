import { expect } from 'vitest';
import { stream, vector } from '../conformance/vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';
import type { Call, Step } from './ask-byzfl.ts';
import { chainOf, type Ours, preAggregatorOf, resultOf } from './built-in.ts';
import { type Comparison, vectorsIn } from './comparison.ts';

type Vectors = readonly Float32Array[];

interface Difference {
  /** Behaviour of our rule. */
  title: string;
  vectors: Vectors;
  ours: (vectors: Vectors) => Vectors;
  /** The first vector of it, worked by hand. */
  is: readonly number[];
  theirs: Step;
  as?: Call['as'];
  seed?: number;
  /** Its first vector, how far that is from ours at least, or what is in its error. */
  gives: readonly number[] | { fartherThan: number } | string;
}

/** On a line, one number a vector. */
const line = (...values: number[]) => values.map((x) => vector(x));
const corner = [vector(0, -1), vector(0, 0), vector(-1, 0), vector(0, 2)];
const oneTo242 = Array.from({ length: 242 }, (_, index) => vector(242 - index));
// From 999.87 to 1000.12, a hundredth apart.
const around1000 = Array.from({ length: 26 }, (_, index) => vector(1000 + (index - 13) / 100));

const found: readonly Difference[] = [
  {
    title: 'caf ends where one vector is far out',
    vectors: line(0, 1, 1e9),
    ours: aggregated({ rule: 'caf' }, 1),
    is: [0.5],
    theirs: ['CAF', { f: 1 }],
    gives: 'never ends',
  },
  {
    title: 'caf: a vector without weight keeps no other from losing it',
    vectors: line(0, 2, 10),
    ours: aggregated({ rule: 'caf' }, 1),
    is: [16 / 13],
    theirs: ['CAF', { f: 1 }],
    gives: [1.4775448],
  },
  {
    title: 'caf with f = 0 is the mean',
    vectors: line(0, 2, 10),
    ours: aggregated({ rule: 'caf' }, 0),
    is: [4],
    theirs: ['CAF', { f: 0 }],
    gives: 'nothing',
  },
  {
    title: 'caf of equal vectors is that vector',
    vectors: line(1, 1, 1),
    ours: aggregated({ rule: 'caf' }, 1),
    is: [1],
    theirs: ['CAF', { f: 1 }],
    gives: 'nothing',
  },
  {
    title: 'smea of equal vectors is that vector',
    vectors: line(1, 1, 1),
    ours: aggregated({ rule: 'smea' }, 1),
    is: [1],
    theirs: ['SMEA', { f: 1 }],
    gives: 'IndexError',
  },
  {
    // The first three spread by 1 / 3 along (1, -1), any others more; it takes the last three.
    title: 'smea takes the right subset whatever the random numbers',
    vectors: corner,
    ours: aggregated({ rule: 'smea' }, 1),
    is: [-1 / 3, -1 / 3],
    theirs: ['SMEA', { f: 1 }],
    seed: 0,
    gives: [-1 / 3, 2 / 3],
  },
  {
    // Scores, over 1e60: 2.2, 3.6, 5.4, 25.5, 62.1 for 1, 0, 2.1, 6 and 9, by their two nearest others.
    title: 'krum distinguishes float32 vectors whose squares are out of range',
    vectors: line(9e30, 0, 1e30, 2.1e30, 6e30),
    ours: aggregated({ rule: 'krum' }, 1),
    is: [1e30],
    theirs: ['Krum', { f: 1 }],
    as: 'torch',
    gives: [9e30],
  },
  {
    // The first 14 are nearest to the first. Of tensors the products' rounding, some hundredths, decides.
    title: 'nearest-neighbor-mixing of more than 25 float32 vectors finds the nearest',
    vectors: around1000,
    ours: (vectors) => preAggregated({ rule: 'nearest-neighbor-mixing' }, 12)(vectors),
    is: [999.935],
    theirs: ['NNM', { f: 12 }],
    as: 'torch',
    gives: { fartherThan: 0.03 },
  },
  {
    // floor(2 * 33 * 209 / 242) = 57 are shortened; 2 * 33 / 242 * 209 is 56.99... in floating point.
    title: 'adaptive-robust-clipping shortens as many as the paper says',
    vectors: oneTo242,
    ours: preAggregated({ rule: 'adaptive-robust-clipping' }, 33),
    is: [185],
    theirs: ['ARC', { f: 33 }],
    gives: [186],
  },
  {
    title: 'static-clipping leaves its input as it is',
    vectors: line(8),
    ours: (vectors) => {
      preAggregated({ rule: 'static-clipping' }, 0)(vectors);
      return vectors;
    },
    is: [8],
    theirs: ['left by Clipping'],
    gives: [2],
  },
  ...[line(4, 2, 0), line(0, 2, 4)].map((vectors, place) => ({
    title: 'mean-around-median takes the lesser of two at the same distance, in any order',
    vectors,
    ours: aggregated({ rule: 'mean-around-median' }, 1),
    is: [1],
    theirs: ['Meamed', { f: 1 }] as const,
    gives: [[3], [1]][place]!,
  })),
  {
    title: 'krum never sees NaN: the intake leaves such a vector out',
    vectors: line(Number.NaN, 2, 4, 5, 5.5, 5.75),
    ours: (vectors) => {
      const { preAggregators, aggregator } = chainOf([], { rule: 'krum' });
      const step = { preAggregators, aggregator, f: 1 };
      const byzantine = vectors.map(() => false);
      return [intakeOf(step, { vectors, byzantine, random: stream, state: null }).vector!];
    },
    is: [5.5],
    theirs: ['Krum', { f: 1 }],
    gives: [Number.NaN],
  },
];

export const differences: readonly Comparison[] = found.map((one) => ({
  title: one.title,
  what: `${one.theirs[0]}, ${one.vectors.length} vectors`,
  call: {
    inputs: [one.vectors],
    steps: [one.theirs],
    ...(one.as && { as: one.as }),
    ...(one.seed !== undefined && { seed: one.seed }),
  },
  check: (answer, what) => {
    const ours = one.ours(one.vectors)[0]!;
    expectAlmost(ours, one.is, what);
    if (typeof one.gives === 'string') {
      expect('error' in answer && answer.error, what).toContain(one.gives);
      return;
    }
    const theirs = vectorsIn(answer, what)[0]!;
    if ('fartherThan' in one.gives) {
      expect(Math.abs(theirs[0]! - ours[0]!), what).toBeGreaterThan(one.gives.fartherThan);
    } else expectAlmost(theirs, one.gives, what);
  },
}));

function aggregated(ours: Ours, f: number) {
  return (vectors: Vectors) => [resultOf(chainOf([], ours), vectors, f)];
}

function preAggregated(ours: Ours, f: number) {
  const { rule, options } = preAggregatorOf(ours);
  return (vectors: Vectors) =>
    rule.apply(vectors, { f, random: stream('oracle') }, options).vectors;
}

function expectAlmost(vector: ArrayLike<number>, values: readonly number[], what: string): void {
  expect(vector.length, what).toBe(values.length);
  for (const [at, x] of values.entries()) {
    if (Number.isNaN(x)) expect(vector[at], what).toBeNaN();
    else expect(vector[at]! / (Math.abs(x) || 1), what).toBeCloseTo(Math.sign(x), 6);
  }
}
