import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PreAggregator } from '#src/rules/index.js';
import { builtInReference, loadPreAggregator, parseOptions } from '#src/rules/running/load.js';
import { copies, stream, vector, vectorsOf } from './vectors.ts';

export interface PreAggregatorPromises {
  /** As a user writes them. */
  options?: Record<string, unknown>;
  /** From the step's source, worked by hand. */
  examples: {
    vectors: readonly (readonly number[])[];
    f: number;
    options?: Record<string, unknown>;
    result: readonly (readonly number[])[];
    /** Of a step that clips. */
    clipped?: number;
  }[];
}

/** Tests of the properties of every pre-aggregator, and of those that this one promises. */
export function testPreAggregator(rule: PreAggregator, promises: PreAggregatorPromises): void {
  const options = (given?: unknown) => parseOptions(rule, given ?? promises.options);
  const run = (vectors: readonly Float32Array[], f: number, given?: unknown) =>
    rule.apply(vectors, { f, random: stream('here') }, options(given));
  const cases = fc
    .record({ f: fc.integer({ min: 0, max: 3 }), more: fc.integer({ min: 0, max: 6 }) })
    .chain(({ f, more }) =>
      fc.record({
        f: fc.constant(f),
        vectors: fc
          .integer({ min: 1, max: 9 })
          .chain((d) => vectorsOf(rule.minimumInputs(f, options()) + more, d)),
      }),
    );

  describe(`${rule.name} as a pre-aggregator`, () => {
    test('is loaded by its name', async () => {
      const reference = builtInReference('pre-aggregators', rule.name, promises.options);
      expect((await loadPreAggregator(reference)).rule.name).toBe(rule.name);
    });

    test.each(promises.examples)('gives the worked example $result', (example) => {
      const vectors = example.vectors.map((values) => vector(...values));
      const found = run(vectors, example.f, example.options);
      expect(found.vectors).toEqual(example.result.map((values) => vector(...values)));
      expect(found.clipped).toBe(example.clipped);
    });

    test('leaves its inputs as they are, and gives the same twice', () => {
      fc.assert(
        fc.property(cases, ({ vectors, f }) => {
          const before = copies(vectors);
          const first = run(vectors, f);
          expect(vectors).toEqual(before);
          expect(run(vectors, f)).toEqual(first);
        }),
      );
    });

    test('makes as many finite vectors as it says, of sources that there are', () => {
      fc.assert(
        fc.property(cases, ({ vectors, f }) => {
          const { vectors: found, sources } = run(vectors, f);
          expect(found).toHaveLength(rule.outputs(vectors.length, options()));
          for (const one of found) {
            expect(one).toHaveLength(vectors[0]!.length);
            expect(one.every(Number.isFinite)).toBe(true);
          }
          expect(sources?.length ?? found.length).toBe(found.length);
          for (const source of sources?.flat() ?? []) expect(vectors[source]).toBeDefined();
        }),
      );
    });
  });
}
