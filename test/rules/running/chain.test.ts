import { describe, expect, test } from 'vitest';
import marginalMedian from '#aggregators/marginal-median.js';
import mean from '#aggregators/mean.js';
import buffering from '#pre-aggregators/buffering.js';
import { InputError } from '#src/errors.js';
import {
  type Aggregator,
  defineAggregator,
  definePreAggregator,
  type PreAggregator,
} from '#src/rules/index.js';
import { runChain } from '#src/rules/running/chain.js';
import { describeNeed, neededInputs } from '#src/rules/running/need.js';
import { meanOf } from '#src/rules/toolbox/index.js';
import { stream, vector } from '../../conformance/vectors.ts';

/** Means of neighbours two by two, the last one alone if they are odd. */
const pairs = definePreAggregator({
  name: 'pairs',
  summary: 'means of two',
  minimumInputs: () => 1,
  outputs: (n) => Math.ceil(n / 2),
  apply: (vectors) => {
    const starts = vectors.flatMap((_, index) => (index % 2 === 0 ? [index] : []));
    const sources = starts.map((start) => [start, start + 1].filter((i) => i < vectors.length));
    return { vectors: sources.map((of) => meanOf(of.map((i) => vectors[i]!))), sources };
  },
});

const twice = definePreAggregator({
  name: 'twice',
  summary: 'each vector doubled',
  minimumInputs: (f) => f + 1,
  outputs: (n) => n,
  apply: (vectors) => ({ vectors: vectors.map((values) => values.map((x) => 2 * x)) }),
});

const chain = (rule: Aggregator, ...before: PreAggregator[]) => ({
  preAggregators: before.map((step) => ({ rule: step, options: {} })),
  aggregator: { rule, options: {} },
});
const context = (f: number) => ({ f, random: stream, state: null });

test('the steps run in their order', () => {
  const vectors = [vector(1), vector(3), vector(20), vector(4)];
  expect(runChain(chain(mean, pairs, twice), vectors, context(0))!.vector).toEqual(vector(14));
  expect(runChain(chain(marginalMedian, pairs), vectors, context(0))!.vector).toEqual(vector(7));
});

test('what a rule selected is traced back, and weights and staleness are passed on', () => {
  const passedOn: unknown[] = [];
  const second = defineAggregator({
    name: 'second',
    summary: 'the second vector',
    minimumInputs: () => 2,
    aggregate: (vectors, { weights, staleness }) => {
      passedOn.push(weights, staleness);
      return { vector: vectors[1]!, selected: [1] };
    },
  });
  const vectors = [1, 2, 3, 4, 5].map((x) => vector(x));
  const result = runChain(chain(second, twice, pairs), vectors, {
    ...context(0),
    weights: [1, 3, 5, 7, 9],
    staleness: [0, 4, 2, 1, 3],
  });
  expect(result).toMatchObject({ vector: vector(7), selected: [2, 3] });
  expect(passedOn).toEqual([
    [2, 6, 9],
    [4, 2, 3],
  ]);
});

test('what the steps clipped is added up, and steps of the rule are reported', () => {
  const clips = (rule: PreAggregator, clipped: number): PreAggregator => ({
    ...rule,
    apply: (...given) => ({ ...rule.apply(...given), clipped }),
  });
  const counting = (counts: { clipped?: number; iterations?: number }) =>
    defineAggregator({
      name: 'counting',
      summary: 'the first vector',
      minimumInputs: () => 1,
      aggregate: ([first]) => ({ vector: first!, ...counts }),
    });
  const countsOf = (of: ReturnType<typeof chain>) => {
    const { clipped, iterations } = runChain(of, [vector(1), vector(2)], context(0))!;
    return { clipped, iterations };
  };
  const all = chain(counting({ clipped: 1, iterations: 5 }), clips(twice, 2), pairs);
  expect(countsOf(all)).toEqual({ clipped: 3, iterations: 5 });
  expect(countsOf(chain(counting({}), clips(twice, 0)))).toEqual({ clipped: 0, iterations: null });
  expect(countsOf(chain(counting({}), twice))).toEqual({ clipped: null, iterations: null });
});

test('each step draws from a stream of its own', () => {
  const purposes: string[] = [];
  const random = (purpose: string) => {
    purposes.push(purpose);
    return stream(purpose);
  };
  runChain(chain(mean, twice, pairs), [vector(1)], { f: 0, random, state: null });
  expect(purposes).toEqual(['pre-aggregator 0', 'pre-aggregator 1', 'aggregator']);
});

describe('what a rule does wrong is reported with its name:', () => {
  const wrong = (aggregate: () => unknown) =>
    defineAggregator({
      name: 'wrong',
      summary: 'a file that no compiler checked',
      minimumInputs: () => 1,
      aggregate: aggregate as unknown as Aggregator['aggregate'],
    });
  const boom = (): never => {
    throw new TypeError('boom');
  };

  test.each<[string, () => unknown, string]>([
    ['an error', boom, 'aggregator "wrong" failed: boom'],
    [
      'nothing',
      () => undefined,
      'aggregator "wrong" returned no { vector } that is a Float32Array',
    ],
    ['a promise', async () => ({ vector: vector(1) }), 'returned no { vector }'],
    ['a plain list', () => ({ vector: [1] }), 'returned no { vector }'],
    [
      'another length',
      () => ({ vector: vector(1, 2) }),
      'a vector of length 2 for vectors of length 1',
    ],
    [
      'a function in its state',
      () => ({ vector: vector(1), state: { best: [() => 1] } }),
      'state.best.0 is a Function, which is no plain data',
    ],
    ['a map as its state', () => ({ vector: vector(1), state: new Map() }), 'state is a Map'],
    ['a stray index', () => ({ vector: vector(1), selected: [0, 7] }), 'selected vector 7 of 1'],
    [
      'no list of indices',
      () => ({ vector: vector(1), selected: 'x' }),
      'aggregator "wrong" returned as selected no array of indices',
    ],
    [
      'half a step',
      () => ({ vector: vector(1), iterations: 1.5 }),
      'returned iterations: 1.5, which is no whole number from 0 on',
    ],
    ['no number', () => ({ vector: vector(1), clipped: Number.NaN }), 'returned clipped: NaN'],
  ])('%s', (_, aggregate, message) => {
    expect(() => runChain(chain(wrong(aggregate)), [vector(1)], context(0))).toThrow(message);
  });

  test('an error in a pre-aggregator', () => {
    const broken = { ...twice, apply: boom };
    const run = () => runChain(chain(mean, broken), [vector(1)], context(0));
    expect(run).toThrow('pre-aggregator "twice" failed: boom');
  });
});

describe('the need of a chain', () => {
  const lost = (): never => {
    throw new Error('lost');
  };

  test('is what leaves the rule enough', () => {
    expect(neededInputs(chain(marginalMedian), 3)).toBe(7);
    expect(neededInputs(chain(marginalMedian, pairs), 3)).toBe(13);
    expect(neededInputs(chain(mean, twice), 3)).toBe(4);
    expect(neededInputs(chain(mean), 3)).toBe(1);
  });

  test('is infinite when no number is enough', () => {
    const one = definePreAggregator({ ...pairs, outputs: () => 1 });
    expect(neededInputs(chain(marginalMedian, one), 1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('of code of a user that throws is an error with its name and file', () => {
    const own = <Rule>(rule: Rule) => ({ rule, options: {}, file: 'mine.ts' });
    const needOf = (rule: Aggregator, before: PreAggregator) =>
      neededInputs({ preAggregators: [own(before)], aggregator: own(rule) }, 1);
    const wrong = (who: string) => new InputError({ found: `${who} (mine.ts) failed: lost` });
    const aggregator = defineAggregator({ ...mean, minimumInputs: lost });
    expect(() => needOf(aggregator, twice)).toThrow(wrong('aggregator "mean"'));
    const first = definePreAggregator({ ...twice, minimumInputs: lost });
    expect(() => needOf(mean, first)).toThrow(wrong('pre-aggregator "twice"'));
    const second = definePreAggregator({ ...twice, outputs: lost });
    expect(() => needOf(mean, second)).toThrow(wrong('pre-aggregator "twice"'));
  });

  test('is reported as a formula where it is one', () => {
    const text = (rule: Aggregator, ...before: PreAggregator[]) =>
      describeNeed(chain(rule, ...before), 4, 2);
    expect(text(marginalMedian)).toBe(
      'marginal-median needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
    );
    expect(text(mean, twice)).toBe('twice + mean needs at least f + 1 = 3 vectors, got 4 (f = 2)');
    const square = defineAggregator({ ...mean, name: 'square', minimumInputs: (f) => f * f + 2 });
    expect(text(square)).toBe('square needs at least 6 vectors, got 4 (f = 2)');
  });

  test('is enforced', () => {
    expect(() => runChain(chain(marginalMedian), [vector(1)], context(1))).toThrow(
      'marginal-median needs at least 2f + 1 = 3 vectors, got 1 (f = 1)',
    );
  });
});

test('what a step leaves may be too few for the rule, which the number of inputs does not show', () => {
  const vectors = [vector(1), vector(2), vector(3), vector(4)];
  const buffered = {
    preAggregators: [{ rule: buffering, options: { buffers: 3 } }],
    aggregator: { rule: marginalMedian, options: {} },
  };
  const of = (senders: number[]) => runChain(buffered, vectors, { ...context(1), senders })?.vector;
  // Buffers of 1; of 2; of 3 and 4: the median of 1, 2 and 3.5.
  expect(of([0, 1, 2, 5])).toEqual(vector(2));
  expect(of([0, 3, 1, 4])).toBeUndefined();
});

test('senders are known while a vector is of one alone', () => {
  const known: unknown[] = [];
  const listening = defineAggregator({
    name: 'listening',
    summary: 'the first vector',
    minimumInputs: () => 1,
    aggregate: ([first], { senders }) => {
      known.push(senders);
      return { vector: first! };
    },
  });
  const vectors = [vector(1), vector(2), vector(3), vector(4)];
  runChain(chain(listening, twice), vectors, { ...context(0), senders: [7, 5, 7, 9] });
  runChain(chain(listening, pairs), vectors, { ...context(0), senders: [7, 5, 7, 9] });
  expect(known).toEqual([[7, 5, 7, 9], undefined]);
});

test('a need that never comes ends with the name of the rule, whichever of its functions computes it', () => {
  const forever = (): number => {
    for (;;);
  };
  const needs = defineAggregator({
    ...{ name: 'needs', summary: 'never knows', minimumInputs: forever },
    aggregate: (vectors) => ({ vector: meanOf(vectors) }),
  });
  const own = { options: {}, file: 'own.js', timeLimitS: 0.05 };
  const plain = { rule: mean as Aggregator, options: {} };
  expect(() =>
    neededInputs({ preAggregators: [], aggregator: { rule: needs as Aggregator, ...own } }, 1),
  ).toThrow(
    'aggregator "needs" (own.js): the need of vectors has not returned after 0.05 s (rules.timeLimitS)',
  );
  const step = { rule: { ...pairs, outputs: forever } as PreAggregator, ...own };
  expect(() => neededInputs({ preAggregators: [step], aggregator: plain }, 1)).toThrow(
    'pre-aggregator "pairs" (own.js): the need of vectors has not returned',
  );
});
