import { expect, test } from 'vitest';
import mean from '#aggregators/mean.js';
import {
  type AggregationContext,
  defineAggregator,
  defineAttack,
  defineDataAttack,
  definePreAggregator,
} from '#src/rules/index.js';
import type { Diagnostics, IntakeResult, IntakeStep } from '#src/rules/running/intake.js';
import { poisoned } from '#src/rules/running/poisoning.js';
import { meanOf } from '#src/rules/toolbox/index.js';
import { stream, vector } from '../../conformance/vectors.ts';
import { intakeOf } from '../arrivals.ts';

const chosen = <Rule>(rule: Rule) => ({ rule, options: {}, file: '/own/rule.js' });

function run(
  more: Partial<IntakeStep>,
  { diagnostics = 'full' as Diagnostics, byzantine = [false, false] } = {},
): IntakeResult {
  const step = { preAggregators: [], aggregator: { rule: mean, options: {} }, f: 0 };
  const vectors = [vector(1, 2, 3), vector(5, 6, NaN).fill(7, 2)];
  const reference = vector(1, 1, 1);
  const arrivals = { vectors, byzantine, reference, random: stream, state: null };
  return intakeOf({ ...step, diagnostics, ...more } as IntakeStep, arrivals);
}

const aggregator = (spoil: (vectors: readonly Float32Array[], c: AggregationContext) => void) =>
  chosen(
    defineAggregator({
      name: 'spoiler',
      summary: 'writes where it may not',
      minimumInputs: () => 1,
      aggregate: (vectors, context) => {
        const result = { vector: meanOf(vectors) };
        spoil(vectors, context);
        return result;
      },
    }),
  );

const preAggregator = (apply: (vectors: readonly Float32Array[]) => unknown) =>
  chosen(
    definePreAggregator({
      name: 'spoiler',
      summary: 'makes what it may not',
      minimumInputs: () => 1,
      outputs: (n) => n,
      apply: apply as never,
    }),
  );

const SPOILT = 'changed what it was given: element 1 of vector 1 (they count from 0)';

test('with full diagnostics an aggregator that writes to a vector is named with its file', () => {
  const spoiler = aggregator((vectors) => {
    vectors[1]![1] = 0;
  });
  expect(() => run({ aggregator: spoiler })).toThrow(
    `aggregator "spoiler" (/own/rule.js) ${SPOILT}`,
  );
  expect(run({ aggregator: spoiler }, { diagnostics: 'cheap' }).vector).toEqual(vector(3, 4, 5));
});

test('so is one that writes to the reference, and one that makes -0 of 0', () => {
  const spoiler = aggregator((_, { reference }) => {
    reference![2] = 3;
  });
  expect(() => run({ aggregator: spoiler })).toThrow('element 2 of the reference');
  const zeros = [vector(0, 0), vector(0, 0)];
  const signed = aggregator((vectors) => {
    vectors[0]![0] = -0;
  });
  const step = { preAggregators: [], aggregator: signed, f: 0, diagnostics: 'full' as const };
  const arrivals = { vectors: zeros, byzantine: [false, false], random: stream, state: null };
  expect(() => intakeOf(step, arrivals)).toThrow('element 0 of vector 0');
});

test('so is a pre-aggregator', () => {
  const spoiler = preAggregator((vectors) => {
    vectors[1]![1] = 0;
    return { vectors };
  });
  expect(() => run({ preAggregators: [spoiler] })).toThrow(
    `pre-aggregator "spoiler" (/own/rule.js) ${SPOILT}`,
  );
});

test.each([
  ['own', 0, 'own vector 0'],
  ['honest', 1, 'honest vector 0'],
] as const)('so is an attack that writes to an %s vector', (_, which, name) => {
  const attack = defineAttack({
    kind: 'vector',
    name: 'spoiler',
    summary: 'writes where it may not',
    knowledge: 'honest',
    forge: (own, { honest }) => {
      [own, honest][which]![0]![0] = 9;
      return { vectors: own.map((each) => each.slice()) };
    },
  });
  const step = { attack: { attack: chosen(attack), ranges: null } };
  expect(() => run(step, { byzantine: [true, false] })).toThrow(
    `attack "spoiler" (/own/rule.js) changed what it was given: element 0 of ${name}`,
  );
});

test('so is an attack that writes to one after it has had the servers’ rule run', () => {
  const attack = defineAttack({
    kind: 'vector',
    name: 'spoiler',
    summary: 'writes where it may not',
    knowledge: 'server',
    forge: (own, { honest, aggregate }) => {
      expect(aggregate!(own)).toEqual(vector(3, 4, 5));
      honest[0]![1] = 9;
      return { vectors: own.map((each) => each.slice()) };
    },
  });
  const step = { attack: { attack: chosen(attack), ranges: null } };
  expect(() => run(step, { byzantine: [true, false] })).toThrow(
    'attack "spoiler" (/own/rule.js) changed what it was given: element 1 of honest vector 0',
  );
});

test('an attack on samples that writes into its batch is always reported', () => {
  const attack = defineDataAttack({
    kind: 'data',
    name: 'spoiler',
    summary: 'writes where it may not',
    knowledge: 'data',
    poison: (samples) => {
      samples.labels[1] = 0;
      return samples;
    },
  });
  const samples = { inputs: vector(1, 2), labels: Uint8Array.of(1, 1) };
  const context = { features: 1, classes: 2, random: stream('poison') };
  expect(() => poisoned(chosen(attack), samples, context as never)).toThrow(
    'attack "spoiler" (/own/rule.js) changed what it was given: element 1 of the labels',
  );
});

test.each([
  [() => null, 'returned no { vectors } in a list'],
  [() => ({ vectors: [[1, 2, 3], [4]] }), 'returned a vector 0 that is no Float32Array'],
  [
    (all: readonly Float32Array[]) => ({ vectors: all.map((one) => one.slice(1)) }),
    'returned a vector of length 2 for vectors of length 3',
  ],
  [
    ([first]: readonly Float32Array[]) => ({ vectors: [first] }),
    'returned 1 vectors of 2, and no sources',
  ],
  [
    ([first]: readonly Float32Array[]) => ({ vectors: [first], sources: [[2]] }),
    'named vector 2 of 2',
  ],
])('what a pre-aggregator makes is reported as its own fault: %#', (apply, fault) => {
  expect(() => run({ preAggregators: [preAggregator(apply as never)] })).toThrow(
    `pre-aggregator "spoiler" (/own/rule.js) ${fault}`,
  );
});

test('a rule that reorders its list of vectors is named, whatever the diagnostics', () => {
  const sorting = (vectors: readonly Float32Array[]) => (vectors as Float32Array[]).reverse();
  const diagnostics = 'cheap';
  expect(() => run({ aggregator: aggregator(sorting) }, { diagnostics })).toThrow(
    /^aggregator "spoiler" \(\/own\/rule.js\) failed: .* read only .*\n {2}the list of vectors stays/,
  );
  const before = preAggregator((vectors) => ({ vectors: sorting(vectors) }));
  expect(() => run({ preAggregators: [before] }, { diagnostics })).toThrow(
    /pre-aggregator "spoiler" \(\/own\/rule.js\) failed: .* read only property/,
  );
});
