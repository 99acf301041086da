import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VectorAttack } from '#src/rules/index.js';
import {
  builtInReference,
  loadAggregator,
  loadAttack,
  parseOptions,
} from '#src/rules/running/load.js';
import { meanOf } from '#src/rules/toolbox/index.js';
import { intakeOf } from '../rules/arrivals.ts';
import { copies, stream, vector, vectorsOf } from './vectors.ts';

export interface AttackPromises {
  /** As a user writes them, where the schema has no defaults. */
  options?: Record<string, unknown>;
  /** From the attack's source, worked by hand. */
  examples: {
    own: readonly (readonly number[])[];
    honest?: readonly (readonly number[])[];
    options?: Record<string, unknown>;
    forged: readonly (readonly number[])[];
  }[];
}

/** Tests of the properties of every vector attack, and of those that this one promises. */
export function testAttack(attack: VectorAttack, promises: AttackPromises): void {
  const options = (given?: unknown) => parseOptions(attack, given ?? promises.options);
  const forge = (
    own: readonly Float32Array[],
    honest: readonly Float32Array[],
    given?: Record<string, unknown>,
  ) => {
    // Of a server that takes the mean.
    const aggregate = (forged: readonly Float32Array[]) => meanOf([...honest, ...forged]);
    const context = { honest, random: stream('attack'), state: null, aggregate };
    return attack.forge(own, context, options(given)).vectors;
  };
  const cases = fc
    .record({
      byzantine: fc.integer({ min: 1, max: 4 }),
      honest: fc.integer({ min: 1, max: 6 }),
      d: fc.integer({ min: 1, max: 9 }),
    })
    .chain(({ byzantine, honest, d }) => fc.tuple(vectorsOf(byzantine, d), vectorsOf(honest, d)));

  describe(`${attack.name} as an attack`, () => {
    test('is loaded by its name', async () => {
      const reference = builtInReference('attacks', attack.name, promises.options);
      expect((await loadAttack(reference)).rule.name).toBe(attack.name);
    });

    test.each(promises.examples)('gives the worked example $forged', (example) => {
      const forged = forge(
        example.own.map((values) => vector(...values)),
        (example.honest ?? []).map((values) => vector(...values)),
        example.options,
      );
      expect(forged.map((values) => [...values])).toEqual(example.forged);
    });

    test('makes new vectors, one for each of its own, the same twice', () => {
      fc.assert(
        fc.property(cases, ([own, honest]) => {
          const before = [copies(own), copies(honest)];
          const known = attack.knowledge === 'own' ? [] : honest;
          const forged = forge(own, known);
          expect([own, honest]).toEqual(before);
          expect(forged.map((values) => values.length)).toEqual(own.map((values) => values.length));
          expect(forge(own, known)).toEqual(forged);
          for (const values of forged) {
            expect([...own, ...honest].some((input) => input === values)).toBe(false);
          }
        }),
      );
    });

    test('goes through an intake: honest vectors stay, nothing breaks without any', async () => {
      const aggregator = await loadAggregator(builtInReference('aggregators', 'mean'));
      const step = {
        preAggregators: [],
        aggregator,
        f: 0,
        attack: { attack: { rule: attack, options: options() }, ranges: null },
      };
      const arrive = (byzantine: boolean[]) => {
        const vectors = byzantine.map((_, index) => vector(index + 1, -index));
        const before = copies(vectors);
        const result = intakeOf(step, { vectors, byzantine, random: stream, state: null });
        expect(vectors).toEqual(before);
        return result;
      };
      expect(arrive([false, true, false])).toMatchObject({ honestCount: 2 });
      expect(arrive([false, false]).vector).toEqual(vector(1.5, -0.5));
      expect(() => arrive([true, true])).not.toThrow();
    });
  });
}
