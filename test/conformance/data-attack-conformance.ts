import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataAttack, SampleShape, Samples } from '#src/rules/index.js';
import { builtInReference, loadDataAttack, parseOptions } from '#src/rules/running/load.js';
import { poisoned, stamped } from '#src/rules/running/poisoning.js';
import { stream } from './vectors.ts';

export interface DataAttackPromises {
  /** Worked by hand. */
  examples: {
    shape: SampleShape;
    /** Row after row. */
    inputs: readonly number[];
    labels: readonly number[];
    options?: Record<string, unknown>;
    poisoned: { inputs: readonly number[]; labels: readonly number[] };
  }[];
}

/** Tests of the properties of every data attack, and of those that this one promises. */
export function testDataAttack(attack: DataAttack, promises: DataAttackPromises): void {
  const poison = (samples: Samples, shape: SampleShape, given?: Record<string, unknown>) =>
    poisoned({ rule: attack, options: parseOptions(attack, given) }, samples, {
      ...shape,
      random: stream('poison'),
    });
  // Square images of one channel, on which any built-in attack can be made.
  const batches = fc
    .record({
      side: fc.integer({ min: 3, max: 6 }),
      classes: fc.integer({ min: 2, max: 10 }),
      n: fc.integer({ min: 1, max: 12 }),
    })
    .chain(({ side, classes, n }) => {
      const features = side * side;
      const value = fc.float({ noNaN: true, min: -4, max: 4 });
      return fc.record({
        shape: fc.constant({ features, classes }),
        inputs: fc.array(value, { minLength: n * features, maxLength: n * features }),
        labels: fc.array(fc.nat(classes - 1), { minLength: n, maxLength: n }),
      });
    });
  const samplesOf = ({
    inputs,
    labels,
  }: {
    inputs: readonly number[];
    labels: readonly number[];
  }) => ({
    inputs: Float32Array.from(inputs),
    labels: Uint8Array.from(labels),
  });

  describe(`${attack.name} as a data attack`, () => {
    test('is loaded by its name', async () => {
      const { rule } = await loadDataAttack(builtInReference('attacks', attack.name));
      expect(rule.name).toBe(attack.name);
    });

    test.each(promises.examples)('gives the worked example $poisoned', (example) => {
      expect(attack.misfit?.(example.shape, parseOptions(attack, example.options))).toBeUndefined();
      const changed = poison(samplesOf(example), example.shape, example.options);
      expect({ inputs: [...changed.inputs], labels: [...changed.labels] }).toEqual(
        example.poisoned,
      );
    });

    test('leaves the samples as they are, keeps their number, and does the same twice', () => {
      fc.assert(
        fc.property(batches, (batch) => {
          const samples = samplesOf(batch);
          const changed = poison(samples, batch.shape);
          expect(samples).toEqual(samplesOf(batch));
          expect(changed.labels).not.toBe(samples.labels);
          expect(poison(samples, batch.shape)).toEqual(changed);
        }),
      );
    });

    if (attack.trigger === undefined) return;
    test('its trigger leaves the rows as they are, and stamps once', () => {
      fc.assert(
        fc.property(batches, (batch) => {
          const chosen = { rule: attack, options: parseOptions(attack, {}) };
          const { inputs } = samplesOf(batch);
          const worn = stamped(chosen, inputs, batch.shape)!;
          expect(inputs).toEqual(samplesOf(batch).inputs);
          expect(stamped(chosen, worn.inputs, batch.shape)).toEqual(worn);
          expect(worn.target).toBeLessThan(batch.shape.classes);
        }),
      );
    });
  });
}
