import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import krum from '#aggregators/krum.js';
import marginalMedian from '#aggregators/marginal-median.js';
import mean from '#aggregators/mean.js';
import polynomial from '#aggregators/staleness-weights/polynomial.js';
import bitFlip from '#attacks/bit-flip.js';
import signFlip from '#attacks/sign-flip.js';
import bucketing from '#pre-aggregators/bucketing.js';
import {
  type Aggregator,
  defineAggregator,
  defineAttack,
  definePreAggregator,
  defineStalenessWeight,
} from '#src/rules/index.js';
import type { IntakeStep } from '#src/rules/running/intake.js';
import { fileReference, loadStalenessWeight } from '#src/rules/running/load.js';
import { copies, stream, vector } from '../../conformance/vectors.ts';
import { type ArrivedLists, intakeOf } from '../arrivals.ts';

function step(rule: Aggregator, more: Partial<IntakeStep> = {}): IntakeStep {
  return {
    preAggregators: [],
    aggregator: { rule, options: {} },
    f: 0,
    ...more,
  };
}

function arrivals(vectors: Float32Array[], more: Partial<ArrivedLists> = {}): ArrivedLists {
  return { vectors, byzantine: vectors.map(() => false), random: stream, state: null, ...more };
}

const flip = {
  attack: { rule: bitFlip, options: { negates: 'first-honest' as const } },
  ranges: null,
};
const fivefold = { attack: { rule: signFlip, options: { magnitude: 5 } }, ranges: null };

describe('without an attack', () => {
  test('the rule gets all finite vectors', () => {
    const result = intakeOf(step(mean), arrivals([vector(1, 3), vector(3, 5)]));
    expect(result).toEqual({
      vector: vector(2, 4),
      finite: true,
      norm: Math.sqrt(20),
      state: { attack: null, aggregator: null },
      selected: null,
      selectedByzantine: null,
      clipped: null,
      iterations: null,
      nonFinite: [],
      honestCount: 2,
      byzantineCount: 0,
      exceeded: false,
      needed: 1,
      policy: null,
    });
  });

  test('weights and staleness go with their vectors when one is left out', () => {
    const seen: unknown[] = [];
    const rule = defineAggregator({
      name: 'spy',
      summary: 'records its input',
      minimumInputs: () => 1,
      aggregate: (vectors, { weights, staleness, reference }) => {
        seen.push(weights, staleness, reference);
        return { vector: vectors[0]! };
      },
    });
    const reference = vector(9);
    const vectors = [vector(1), vector(NaN), vector(3)];
    intakeOf(
      step(rule),
      arrivals(vectors, { weights: [1, 2, 3], staleness: [4, 5, 6], reference }),
    );
    expect(seen).toEqual([[1, 3], [4, 6], reference]);
  });

  test('a stale vector is multiplied by its weight before the rule sees it', () => {
    const stalenessWeight = { rule: polynomial, options: { a: 1 } };
    const vectors = [vector(8, 16), vector(8, 16)];
    const given = arrivals(vectors, { staleness: [0, 3] });
    const result = intakeOf(step(mean, { stalenessWeight }), given);
    // (1 x + x / 4) / 2: the weights are not made to add up to one.
    expect(result.vector).toEqual(vector(5, 10));
    expect(vectors).toEqual([vector(8, 16), vector(8, 16)]);
  });

  test('the weight is of what was sent, lies included', () => {
    const stalenessWeight = { rule: polynomial, options: { a: 1 } };
    const given = arrivals([vector(4), vector(4)], { staleness: [0, 1], byzantine: [false, true] });
    const result = intakeOf(step(mean, { stalenessWeight, attack: fivefold }), given);
    // (4 - 5 * 4 / 2) / 2
    expect(result.vector).toEqual(vector(-3));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('a weight of %d ends the run', (weight) => {
    const rule = defineStalenessWeight({
      name: 'odd',
      summary: 'is no weight',
      weigh: () => weight,
    });
    const given = arrivals([vector(4)], { staleness: [2] });
    const call = () => intakeOf(step(mean, { stalenessWeight: { rule, options: {} } }), given);
    expect(call).toThrow(`staleness weight "odd" gave ${weight} for a staleness of 2`);
  });

  test("what goes wrong in a user's own weight names its file", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-weight-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const given = arrivals([vector(4)], { staleness: [2] });
    for (const [name, body, message] of [
      ['wrong', '-1', 'gave -1 for a staleness of 2: expected a finite number, not negative'],
      ['broken', 'nothing.at.all', 'failed in line 1: nothing is not defined'],
    ] as const) {
      const file = join(folder, `${name}.js`);
      writeFileSync(file, `export default { name: '${name}', summary: '', weigh: () => ${body} };`);
      const stalenessWeight = await loadStalenessWeight(await fileReference(file));
      const call = () => intakeOf(step(mean, { stalenessWeight }), given);
      expect(call).toThrow(`staleness weight "${name}" (${file}) ${message}`);
    }
  });

  test('nothing at all is too few for any rule', () => {
    expect(intakeOf(step(mean), arrivals([]))).toMatchObject({ vector: null, needed: 1 });
  });

  test('too few left gives no result and keeps the state', () => {
    const state = { attack: 1, aggregator: 2 };
    const vectors = [vector(1), vector(Infinity), vector(3), vector(4), vector(5)];
    const result = intakeOf(step(marginalMedian, { f: 2 }), arrivals(vectors, { state }));
    expect(result).toMatchObject({ vector: null, norm: null, needed: 5, nonFinite: [1], state });
    expect(result).toMatchObject({ policy: 'skip', exceeded: false });
    const waiting = step(marginalMedian, { f: 2, tooFew: 'wait' });
    expect(intakeOf(waiting, arrivals(vectors)).policy).toBe('wait');
  });
});

describe('with an attack', () => {
  test('vectors of Byzantine senders are forged and those of honest ones are not', () => {
    const vectors = [vector(1, 1), vector(2, 2), vector(6, 6)];
    const before = copies(vectors);
    const byzantine = [false, true, false];
    const result = intakeOf(step(mean, { attack: fivefold }), arrivals(vectors, { byzantine }));
    expect(result).toMatchObject({ vector: vector(-1, -1), honestCount: 2, byzantineCount: 1 });
    expect(vectors).toEqual(before);
  });

  test('more Byzantine vectors than declared are reported, unless they are left out', () => {
    const vectors = [vector(1), vector(2), vector(NaN), vector(4), vector(5)];
    const ofTwo = (byzantine: boolean[]) => {
      const { exceeded, byzantineCount } = intakeOf(
        step(mean, { f: 1 }),
        arrivals(vectors, { byzantine }),
      );
      return { exceeded, byzantineCount };
    };
    expect(ofTwo([true, true, false, false, false])).toEqual({ exceeded: true, byzantineCount: 2 });
    expect(ofTwo([true, false, true, false, false])).toEqual({
      exceeded: false,
      byzantineCount: 1,
    });
  });

  test('it touches its ranges only', () => {
    const vectors = [vector(1, 2, 3, 4)];
    const ranges = [
      { offset: 0, length: 1 },
      { offset: 2, length: 1 },
    ];
    const attack = { ...fivefold, ranges };
    const result = intakeOf(step(mean, { attack }), arrivals(vectors, { byzantine: [true] }));
    expect(result.vector).toEqual(vector(-5, 2, -15, 4));
  });

  test('an omniscient one sees the finite honest vectors, in order of arrival', () => {
    const vectors = [vector(8), vector(NaN), vector(3), vector(4)];
    const byzantine = [true, false, false, false];
    const result = intakeOf(step(mean, { attack: flip }), arrivals(vectors, { byzantine }));
    expect(result).toMatchObject({ vector: vector(4 / 3), nonFinite: [1], byzantineCount: 1 });
  });

  test('an omniscient one without an honest vector negates its own', () => {
    const vectors = [vector(2, 2), vector(NaN, 0), vector(4, 4)];
    const byzantine = [true, false, true];
    const ranges = [{ offset: 1, length: 1 }];
    const attack = { ...flip, ranges };
    const result = intakeOf(step(mean, { attack }), arrivals(vectors, { byzantine }));
    expect(result.vector).toEqual(vector(3, -3));
  });

  test('a forged vector that is not finite is left out like any other vector', () => {
    const vectors = [vector(1e38), vector(2)];
    const result = intakeOf(
      step(mean, { attack: fivefold }),
      arrivals(vectors, { byzantine: [true, false] }),
    );
    expect(result).toMatchObject({ vector: vector(2), nonFinite: [0], byzantineCount: 0 });
  });

  test('its state comes back to it, also when too few vectors were left', () => {
    const counting = defineAttack({
      kind: 'vector',
      name: 'counting',
      summary: 'multiplies by how often it was called',
      knowledge: 'own',
      forge: (own, { state }) => {
        const times = ((state as number | null) ?? 0) + 1;
        return { vectors: own.map((values) => values.map((x) => x * times)), state: times };
      },
    });
    const attack = { attack: { rule: counting, options: {} }, ranges: null };
    const first = intakeOf(
      step(marginalMedian, { attack, f: 1 }),
      arrivals([vector(5)], { byzantine: [true] }),
    );
    expect(first).toMatchObject({ vector: null, state: { attack: 1 } });
    const second = intakeOf(
      step(mean, { attack }),
      arrivals([vector(5)], { byzantine: [true], state: first.state }),
    );
    expect(second).toMatchObject({ vector: vector(10), state: { attack: 2 } });
    const honest = intakeOf(step(mean, { attack }), arrivals([vector(5)], { state: second.state }));
    expect(honest).toMatchObject({ vector: vector(5), state: { attack: 2 } });
  });

  test('one that knows the server may try its vectors, with the random numbers and ranges that count', () => {
    const tried: (Float32Array | null)[] = [];
    const trying = defineAttack({
      kind: 'vector',
      name: 'trying',
      summary: 'tries what it sends, twice, and what is no number',
      knowledge: 'server',
      forge: (own, { aggregate }) => {
        const forged = own.map(() => vector(100, 100));
        const broken = own.map(() => vector(NaN, NaN));
        tried.push(aggregate!(forged), aggregate!(forged), aggregate!(broken));
        return { vectors: forged };
      },
    });
    const vectors = [1, 2, 3, 4, 5].map((x) => vector(x, 10 * x));
    const before = copies(vectors);
    const attack = {
      attack: { rule: trying, options: {} },
      ranges: [{ offset: 1, length: 1 }],
    };
    const preAggregators = [{ rule: bucketing, options: { s: 2 } }];
    const byzantine = [false, false, true, false, true];
    const result = intakeOf(
      step(marginalMedian, { attack, preAggregators, f: 1 }),
      arrivals(vectors, { byzantine }),
    );
    // Five make three buckets, as the median needs for f = 1; three make two.
    expect(tried).toEqual([result.vector, result.vector, null]);
    expect(vectors).toEqual(before);
  });

  test('others do not see what the server would make of a forged vector', () => {
    const knowing: unknown[] = [];
    const asking = defineAttack({
      kind: 'vector',
      name: 'asking',
      summary: 'looks for a server to try',
      knowledge: 'honest',
      forge: (own, { aggregate }) => {
        knowing.push(aggregate);
        return { vectors: own };
      },
    });
    const attack = { attack: { rule: asking, options: {} }, ranges: null };
    intakeOf(
      step(mean, { attack }),
      arrivals([vector(1), vector(2)], { byzantine: [true, false] }),
    );
    expect(knowing).toEqual([undefined]);
  });

  test('one that does not forge a vector for each is an error that names it', () => {
    const broken = defineAttack({
      kind: 'vector',
      name: 'broken',
      summary: 'forgets all but one',
      knowledge: 'own',
      forge: (own) => ({ vectors: own.slice(1) }),
    });
    const attack = { attack: { rule: broken, options: {} }, ranges: null };
    expect(() =>
      intakeOf(step(mean, { attack }), arrivals([vector(5)], { byzantine: [true] })),
    ).toThrow('attack "broken"');
  });
});

describe('with a fallback', () => {
  const counting = defineAggregator({
    name: 'counting',
    summary: 'the mean plus the number of calls before',
    minimumInputs: (f) => f + 1,
    aggregate: (vectors, { state }) => {
      const calls = (state as number | null) ?? 0;
      const sum = vectors.reduce((total, one) => total + one[0]!, 0);
      return { vector: vector(sum / vectors.length + calls), state: calls + 1 };
    },
  });
  const doubling = definePreAggregator({
    name: 'doubling',
    summary: 'each vector doubled',
    minimumInputs: () => 1,
    outputs: (n) => n,
    apply: (vectors) => ({ vectors: vectors.map((one) => one.map((x) => 2 * x)) }),
  });
  const fallback = { tooFew: 'fallback', fallback: { rule: counting, options: {} } } as const;
  const median = step(marginalMedian, {
    ...fallback,
    f: 1,
    preAggregators: [{ rule: doubling, options: {} }],
  });

  test('the rule aggregates what is enough for it, the fallback what is not', () => {
    const enough = intakeOf(median, arrivals([vector(1), vector(5), vector(2)]));
    expect(enough).toMatchObject({ vector: vector(4), policy: null, needed: 2 });
    // Without the pre-aggregator, and with its own need of f + 1.
    const few = intakeOf(median, arrivals([vector(1), vector(NaN), vector(2)]));
    expect(few).toMatchObject({ vector: vector(1.5), policy: 'fallback', nonFinite: [1] });
    const none = intakeOf(median, arrivals([vector(NaN), vector(NaN), vector(2)]));
    expect(none).toMatchObject({ vector: null, policy: 'fallback', needed: 2 });
  });

  test('the two remember each for itself', () => {
    const own = step(counting, {
      ...fallback,
      f: 1,
      aggregator: { rule: { ...counting, minimumInputs: (f) => 2 * f + 1 }, options: {} },
    });
    const three = [vector(3), vector(3), vector(3)];
    let state: ArrivedLists['state'] = null;
    const results = [three, three.slice(1), three, three.slice(1), three.slice(2)].map((given) => {
      const result = intakeOf(own, arrivals(given, { state }));
      state = result.state;
      return result.vector?.[0];
    });
    expect(results).toEqual([3, 3, 4, 4, undefined]);
    expect(state).toEqual({ attack: null, aggregator: 2, fallback: 2 });
  });

  test('an attack that tries lies on the server sees what the fallback would make of them', () => {
    const tried: (Float32Array | null)[] = [];
    const prober = defineAttack({
      kind: 'vector',
      name: 'prober',
      summary: 'tries two vectors',
      knowledge: 'server',
      forge: (own, { aggregate }) => {
        tried.push(aggregate!(own.map(() => vector(9))));
        tried.push(aggregate!(own.map(() => vector(NaN))));
        return { vectors: own };
      },
    });
    const attack = { attack: { rule: prober, options: {} }, ranges: null };
    const attacked = { ...median, attack };
    intakeOf(attacked, arrivals([vector(1), vector(2)], { byzantine: [false, true] }));
    // The fallback's mean of 1 and 9; with a forged one that is left out one vector is too few for it too.
    expect(tried).toEqual([vector(5), null]);
  });
});

describe('with a rule that selects or remembers', () => {
  const last = defineAggregator({
    name: 'last',
    summary: 'the last vector times the number of calls',
    minimumInputs: () => 1,
    aggregate: (vectors, { state }) => {
      const calls = ((state as number | null) ?? 0) + 1;
      return {
        vector: vectors.at(-1)!.map((x) => x * calls),
        selected: [vectors.length - 1],
        state: calls,
      };
    },
  });

  test('what it took is reported in indices of what arrived', () => {
    const vectors = [vector(NaN), vector(2), vector(NaN), vector(4), vector(Infinity)];
    const attackers = (...indices: number[]) => ({
      byzantine: vectors.map((_, index) => indices.includes(index)),
    });
    expect(intakeOf(step(last), arrivals(vectors, attackers(1, 4)))).toMatchObject({
      selected: [3],
      selectedByzantine: 0,
      nonFinite: [0, 2, 4],
    });
    expect(intakeOf(step(last), arrivals(vectors, attackers(3)))).toMatchObject({
      selectedByzantine: 1,
    });
  });

  test('its state comes back to it, but not one that came with a result out of range', () => {
    const first = intakeOf(step(last), arrivals([vector(3e38)]));
    expect(first).toMatchObject({ finite: true, state: { aggregator: 1 } });
    const second = intakeOf(step(last), arrivals([vector(3e38)], { state: first.state }));
    expect(second).toMatchObject({ finite: false, state: { aggregator: 1 } });
  });

  test('its state is never in shared memory, which is used again', () => {
    const shared = new Float32Array(new SharedArrayBuffer(8)).fill(7);
    const remembering = defineAggregator({
      name: 'remembering',
      summary: 'keeps what it saw',
      minimumInputs: () => 1,
      aggregate: ([first]) => ({ vector: first!, state: { seen: [first!], 'how often': 1 } }),
    });
    const { state } = intakeOf(step(remembering), arrivals([shared]));
    shared.fill(0);
    expect(state.aggregator).toEqual({ seen: [vector(7, 7)], 'how often': 1 });
  });

  test('a result of another length is an error that names it', () => {
    const broken = defineAggregator({
      name: 'broken',
      summary: 'one coordinate too few',
      minimumInputs: () => 1,
      aggregate: (vectors) => ({ vector: vectors[0]!.subarray(1) }),
    });
    expect(() => intakeOf(step(broken), arrivals([vector(1, 2)]))).toThrow('aggregator "broken"');
  });
});

test('a rule for some of the parameters leaves the mean elsewhere', () => {
  const vectors = [vector(1, 10, 3, 0), vector(2, 20, 4, 0), vector(9, 90, 8, 3)];
  const ranges = [
    { offset: 0, length: 1 },
    { offset: 2, length: 1 },
  ];
  const result = intakeOf(step(marginalMedian, { ranges }), arrivals(vectors));
  expect(result.vector).toEqual(vector(2, 40, 4, 1));
  // Whole, the last two are nearest to each other; by (1, 3), (2, 4) and (9, 8) the first two are.
  const others = [vector(1, 1000, 3, 0), vector(2, 20, 4, 0), vector(9, 21, 8, 3)];
  const aggregator = { rule: krum, options: { neighbours: 'n-f-2' } };
  expect(intakeOf(step(krum, { aggregator }), arrivals(others)).selected).toEqual([1]);
  const chosen = intakeOf(step(krum, { aggregator, ranges }), arrivals(others));
  expect(chosen.selected).toEqual([0]);
  expect(chosen.vector).toEqual(vector(1, 347, 3, 1));
  expect(others[0]).toEqual(vector(1, 1000, 3, 0));
});
