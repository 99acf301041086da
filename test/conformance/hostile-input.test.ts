import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggregators } from '#aggregators/index.js';
import { attacks } from '#attacks/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { kernels } from '#src/kernels/kernels.js';
import type { RandomSource } from '#src/rules/index.js';
import type { IntakeResult, IntakeState, IntakeStep } from '#src/rules/running/intake.js';
import { parseOptions } from '#src/rules/running/load.js';
import { neededInputs } from '#src/rules/running/need.js';
import { type ArrivedLists, intakeOf } from '../rules/arrivals.ts';
import { copies, stream } from './vectors.ts';

/** More than the defaults need for 9 vectors; a rule that does not settle is over it at once. */
const MOST_CALLS = 50_000;

const harmless = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -2, max: 2 }),
);
const hostile = fc.constantFrom(
  ...[0, -0, 1.4e-45, -1.4e-45, 1e-38, 1e-30, 1e18, 1e19, 1e20, 1e38, -1e38, 3.4e38, -3.4e38],
);
const notFinite = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const element = fc.oneof(
  { weight: 12, arbitrary: harmless },
  { weight: 6, arbitrary: hostile },
  { weight: 1, arbitrary: notFinite },
);

/** A server's own gradient. */
const trustedElement = fc.float({ noNaN: true, min: -1000, max: 1000 });

/** Vectors of one length, some of them equal, from Byzantine and honest senders, and a trusted one. */
const aggregations = fc.integer({ min: 1, max: 5 }).chain((d) => {
  const sent = fc.record({
    values: fc.array(element, { minLength: d, maxLength: d }),
    likeFirst: fc.boolean(),
    byzantine: fc.boolean(),
    staleness: fc.integer({ min: 0, max: 9 }),
    sender: fc.integer({ min: 0, max: 4 }),
  });
  const aggregation = fc.record({
    all: fc.array(sent, { minLength: 1, maxLength: 9 }),
    trusted: fc.array(trustedElement, { minLength: d, maxLength: d }),
  });
  const arrivals = aggregation.map(({ all, trusted }) => ({
    vectors: all.map(({ values, likeFirst }) =>
      Float32Array.from(likeFirst ? all[0]!.values : values),
    ),
    byzantine: all.map(({ byzantine }) => byzantine),
    staleness: all.map(({ staleness }) => staleness),
    senders: all.map(({ sender }) => sender),
    reference: Float32Array.from(trusted),
  }));
  return fc.array(arrivals, { minLength: 1, maxLength: 3 });
});

const vectorAttacks = attacks.filter((attack) => attack.kind === 'vector');
const attackSteps = fc
  .option(fc.constantFrom(...vectorAttacks), { nil: null })
  .map((rule) => rule && { attack: { rule, options: parseOptions(rule, {}) }, ranges: null });
const before = fc.subarray([...preAggregators], { maxLength: 2 });

const situations = fc.tuple(aggregations, fc.integer({ min: 0, max: 5 }), attackSteps, before);
/** Drawn once for all rules: it takes as long as one of them. */
const cases = fc.sample(situations, 150);

/** Runs this work; fails if it calls more kernels, or draws more often, than any rule has to. */
function counted<Result>(work: (random: (purpose: string) => RandomSource) => Result): Result {
  let calls = 0;
  const count = () => {
    calls += 1;
    if (calls > MOST_CALLS) throw new Error(`over ${MOST_CALLS} calls`);
  };
  const bound = kernels() as { run: object };
  const { run } = bound;
  bound.run = countedCalls(run, Object.keys(run), count);
  try {
    return work((purpose) =>
      countedCalls(stream(purpose), ['integer', 'float', 'normal', 'shuffle'], count),
    );
  } finally {
    bound.run = run;
  }
}

function countedCalls<Callee extends object>(
  callee: Callee,
  names: readonly string[],
  count: () => void,
): Callee {
  const methods = names.map((name) => {
    const method = Reflect.get(callee, name) as (...given: unknown[]) => unknown;
    const counting = (...given: unknown[]) => {
      count();
      return method.apply(callee, given);
    };
    return [name, counting];
  });
  return Object.fromEntries(methods) as Callee;
}

describe.each(aggregators.map((rule) => [rule.name, rule] as const))(
  '%s behind an intake',
  (name, rule) => {
    const aggregator = { rule, options: parseOptions(rule, {}) };

    test('takes whatever arrives: no NaN, no change of it, no loop without end', () => {
      fc.assert(
        fc.property(situations, ([sent, f, attack, steps]) => {
          const step: IntakeStep = {
            preAggregators: steps.map((one) => ({ rule: one, options: parseOptions(one, {}) })),
            aggregator,
            f,
            ...(attack && { attack }),
          };
          const names = steps.map((one) => one.name);
          let state: IntakeState | null = null;
          for (const arrivals of sent) {
            const kept = copies(arrivals.vectors);
            const lists: Omit<ArrivedLists, 'random'> = { ...arrivals, state };
            const result: IntakeResult = counted((random) => intakeOf(step, { ...lists, random }));
            expect(arrivals.vectors).toEqual(kept);
            const left = result.honestCount + result.byzantineCount;
            expect(left + result.nonFinite.length).toBe(arrivals.vectors.length);
            const isTooFew = left < neededInputs(step, f);
            if (isTooFew) expect(result.vector).toBeNull();
            // Fewer come out of buffers when few senders sent them.
            else if (!names.includes('buffering')) expect(result.vector).not.toBeNull();
            const vector = result.vector?.slice() ?? new Float32Array(0);
            expect(vector.some(Number.isNaN)).toBe(false);
            // A sum over the float32 range is the mean's alone.
            if (name !== 'mean') expect(result.finite).toBe(true);
            expect(intakeOf(step, { ...lists, random: stream }).vector?.slice()).toEqual(
              result.vector === null ? undefined : vector,
            );
            state = result.state;
          }
        }),
        { examples: cases.map((one) => [one]), numRuns: cases.length },
      );
    });
  },
);
