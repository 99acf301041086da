import * as aggregatorFunctions from 'edgemlsim/aggregators';
import * as attackFunctions from 'edgemlsim/attacks';
import * as preAggregatorFunctions from 'edgemlsim/pre-aggregators';
import { describe, expect, it } from 'vitest';
import { aggregators } from '#aggregators/index.js';
import { attacks } from '#attacks/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { openStream } from '#src/simulation/random.js';
import { intakeOf } from '../rules/arrivals.ts';

type AnyFunction = (settings?: object) => (inputs: unknown, context?: object) => unknown;

const functionNamed = (functions: object, name: string): AnyFunction => {
  const camelCase = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return (functions as Record<string, AnyFunction>)[camelCase]!;
};

/** n vectors of length d around (1, 1, …), the same ones each time. */
function vectors(n: number, d: number): Float32Array[] {
  const random = openStream(7, 'standalone test');
  return Array.from({ length: n }, () =>
    Float32Array.from({ length: d }, () => 1 + random.normal()),
  );
}

describe('a built-in rule is one line', () => {
  it('as the example of Krum’s file works it out', () => {
    const krum = aggregatorFunctions.krum({ f: 1 });
    expect(krum([[0], [1], [3], [4], [20]])).toEqual(Float32Array.of(1));
    expect(krum.inDetail([[0], [1], [3], [4], [20]]).selected).toEqual([1]);
  });

  it('whatever its kind', () => {
    const mixed = preAggregatorFunctions.nearestNeighborMixing({ f: 1 })([[0], [2], [100]]);
    expect(mixed.map((vector) => vector[0])).toEqual([1, 1, 51]);
    expect(attackFunctions.signFlip()([[1, -2]])).toEqual([Float32Array.of(-1, 2)]);
  });

  it('with a function for every rule on vectors', () => {
    for (const { name } of aggregators) {
      expect(functionNamed(aggregatorFunctions, name), name).toBeTypeOf('function');
    }
    for (const { name } of preAggregators) {
      expect(functionNamed(preAggregatorFunctions, name), name).toBeTypeOf('function');
    }
    const onVectors = attacks.filter(({ kind }) => kind === 'vector').map(({ name }) => name);
    const { callableAttack: _, ...functions } = attackFunctions;
    expect(Object.keys(functions)).toHaveLength(onVectors.length);
    for (const name of onVectors) {
      expect(functionNamed(attackFunctions, name), name).toBeTypeOf('function');
    }
  });
});

describe.each(aggregators.map((rule) => [rule.name, rule] as const))(
  '%s by itself',
  (name, rule) => {
    const settings = name === 'centered-clipping' ? { tau: 2 } : {};
    const options = rule.options?.parse(settings) ?? {};
    const f = 1;
    const n = Math.max(9, rule.minimumInputs(f, options));
    const senders = Array.from({ length: n }, (_, index) => index);
    const staleness = senders.map(() => 0);

    it('has the bits that it has in a run, call after call', () => {
      const aggregate = functionNamed(aggregatorFunctions, name)({ f, ...settings });
      const [reference] = vectors(1, 1500);
      let state: Parameters<typeof intakeOf>[1]['state'] = null;
      for (let call = 0; call < 3; call += 1) {
        const inputs = vectors(n, 1500).map((vector) => vector.map((x) => x * (1 + call)));
        const expected = intakeOf(
          { preAggregators: [], aggregator: { rule, options }, f },
          {
            vectors: inputs,
            byzantine: inputs.map(() => false),
            ...{ senders, staleness },
            ...(rule.needsReference && { reference: reference! }),
            random: (purpose) => openStream(1, `standalone/${call}/${purpose}`),
            state,
          },
        );
        state = expected.state;
        const context = { senders, staleness, ...(rule.needsReference && { reference }) };
        expect(aggregate(inputs, context)).toEqual(expected.vector);
      }
    });

    it('leaves its inputs as they are, and shares no memory with them', () => {
      const inputs = vectors(n, 10);
      const before = inputs.map((vector) => vector.slice());
      const context = { senders, staleness, ...(rule.needsReference && { reference: inputs[0] }) };
      const result = functionNamed(aggregatorFunctions, name)({ f, ...settings })(inputs, context);
      (result as Float32Array).fill(7);
      expect(inputs).toEqual(before);
    });
  },
);

describe('what does not fit is an error that says so', () => {
  const { krum, zenoPlusPlus, mean } = aggregatorFunctions;

  it.each([
    [
      'too few vectors',
      () => krum({ f: 1 })([[1], [2]]),
      /krum needs at least 2f \+ 3 = 5 vectors, got 2 \(f = 1\)/,
    ],
    ['a vector that is not finite', () => mean()([[1], [Number.NaN]]), /vector 1 holds NaN/],
    [
      'vectors of two lengths',
      () => mean()([[1], [1, 2]]),
      /vector 1 has length 2, vector 0 has 1/,
    ],
    [
      'an unknown option',
      () => krum({ neighbors: 'n-f-2' } as object),
      /options of krum: .*neighbors/,
    ],
    ['a missing reference', () => zenoPlusPlus()([[1]]), /needs \{ reference \}/],
    ['missing honest vectors', () => attackFunctions.minMax()([[1]]), /min-max needs \{ honest \}/],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(
      expect.objectContaining({ name: expect.stringMatching(/InputError|OptionsRefused/) }),
    );
  });
});
