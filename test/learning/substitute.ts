import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { ClassEvaluation, MlpSpec } from '#src/learning/engine.js';
import type { EngineName } from '#src/learning/engine-name.js';
import { initialiseParameters } from '#src/learning/initialise.js';
import { openEngine } from '#src/learning/open-engine.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { bound, expectSameBits, place, randomStream } from '../kernels/bits.ts';

const FEATURES = 12;
const CLASSES = 4;
const ITEMS = 230;
const spec: MlpSpec = {
  kind: 'mlp',
  layers: [FEATURES, 9, CLASSES],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};

/** The same as a dataset whose every split holds these rows. */
function datasetOf(inputs: Float32Array, labels: Uint8Array): Dataset {
  const split: Split = { items: ITEMS, inputs, targets: labels, scale: 1 };
  const splits = { train: split, validation: split, test: split };
  const sizes = { features: FEATURES, classes: CLASSES, outputs: CLASSES };
  return { name: 'random', ...sizes, sha256: '', splits };
}

/** That an engine computes on samples given to it as it does on a dataset that holds them. */
export function describeSubstitutes(engine: EngineName): void {
  describe(`samples that take the place of the dataset's own, in ${engine}`, () => {
    const random = randomStream(`substitutes ${engine}`);
    const sparse = Float32Array.from({ length: ITEMS * FEATURES }, () =>
      random.float() < 0.3 ? random.float() : 0,
    );
    const labels = Uint8Array.from({ length: ITEMS }, () => random.integer(CLASSES));
    const otherRows = Float32Array.from(sparse, () => random.float());
    const otherLabels = Uint8Array.from(labels, (label) => CLASSES - 1 - label);
    const theta = place(initialiseParameters(spec, random));
    const items = Uint32Array.from({ length: 17 }, () => random.integer(ITEMS));
    const rowsAt = (rows: Float32Array, wanted: ArrayLike<number>) =>
      Float32Array.from(
        Array.from(wanted, (item) => [
          ...rows.subarray(item * FEATURES, (item + 1) * FEATURES),
        ]).flat(),
      );
    const labelsAt = (of: Uint8Array) => Uint8Array.from(items, (item) => of[item]!);
    const open = (inputs: Float32Array, targets: Uint8Array) =>
      openEngine(bound, {
        engine,
        model: spec,
        data: placeDataset(bound, datasetOf(inputs, targets)),
      });

    test.each([
      ['labels', sparse, otherLabels],
      ['inputs', otherRows, labels],
      ['inputs and labels', otherRows, otherLabels],
    ])('gives the gradient of a dataset that holds them: %s', async (_, inputs, targets) => {
      const [given, holding] = [await open(sparse, labels), await open(inputs, targets)];
      const [found, expected] = [
        new Float32Array(theta.length),
        new Float32Array(theta.length),
      ].map(place) as [Float32Array, Float32Array];
      const loss = await given.gradient(theta, items, found, undefined, {
        inputs: inputs === sparse ? null : rowsAt(inputs, items),
        labels: targets === labels ? null : labelsAt(targets),
      });
      expect(loss).toBe(await holding.gradient(theta, items, expected));
      expectSameBits(found, expected);
      // And not the gradient of its own samples.
      await given.gradient(theta, items, found);
      expect([...found]).not.toEqual([...expected]);
      given.close?.();
      holding.close?.();
    });

    test('are evaluated as those of a dataset that holds them, in parts of a split', async () => {
      const [given, holding] = [await open(sparse, labels), await open(otherRows, labels)];
      const [from, to] = [5, ITEMS - 3];
      const rows = otherRows.slice(from * FEATURES, to * FEATURES);
      const found = (await given.evaluate(theta, 'test', from, to, rows)) as ClassEvaluation;
      const expected = (await holding.evaluate(theta, 'test', from, to)) as ClassEvaluation;
      expect(found.lossSum).toBe(expected.lossSum);
      expect([...found.confusion]).toEqual([...expected.confusion]);
      given.close?.();
      holding.close?.();
    });
  });
}
