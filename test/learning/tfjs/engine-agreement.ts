import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { Engine, LayersSpec } from '#src/learning/engine.js';
import type { EngineName } from '#src/learning/engine-name.js';
import { initialiseParameters } from '#src/learning/initialise.js';
import type { LayerSpec } from '#src/learning/layer-spec.js';
import { modelParameters } from '#src/learning/model.js';
import { openEngine } from '#src/learning/open-engine.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { openStream, streamState } from '#src/simulation/random.js';
import { bound, place } from '../../kernels/bits.ts';
import { float64, plainLayersGradient } from '../plain-layers.ts';

const ITEMS = 9;
const CLASSES = 3;

const activation = fc.constantFrom<LayerSpec>(
  { kind: 'relu' },
  { kind: 'sigmoid' },
  { kind: 'tanh' },
);
const dense = fc.record({
  kind: fc.constant('dense' as const),
  units: fc.integer({ min: 1, max: 9 }),
});
const dropout = fc.record({
  kind: fc.constant('dropout' as const),
  rate: fc.constantFrom(0.2, 0.5),
});
const pool = fc.record({
  kind: fc.constantFrom('max-pool' as const, 'average-pool' as const),
  size: fc.integer({ min: 1, max: 2 }),
  stride: fc.constantFrom(undefined, 1, 2),
});
const conv2d = fc.record({
  kind: fc.constant('conv2d' as const),
  filters: fc.integer({ min: 1, max: 5 }),
  size: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  padding: fc.constantFrom('same' as const, 'valid' as const),
});
const tail = fc
  .tuple(dense, activation, fc.option(dropout))
  .map(([first, second, third]) => [
    ...[first, second],
    ...(third ? [third] : []),
    { kind: 'dense', units: CLASSES } as const,
  ]);

/** Random nets of dense layers, and behind images of pools and, if wanted, convolutions. */
function nets(convolutions: boolean): fc.Arbitrary<LayersSpec> {
  const flat = fc.integer({ min: 1, max: 20 }).map((numbers) => [numbers]);
  const image = fc.tuple(
    fc.constant(8),
    fc.integer({ min: 7, max: 9 }),
    fc.integer({ min: 1, max: 3 }),
  );
  const head = convolutions
    ? fc.tuple(conv2d, activation, pool).map((layers): LayerSpec[] => layers)
    : pool.map((layer): LayerSpec[] => [layer]);
  const onImages = fc.tuple(image, head, tail).map(([input, first, last]) => ({
    input,
    layers: [...first, { kind: 'flatten' } as const, ...last],
  }));
  const onRows = fc.tuple(flat, tail).map(([input, layers]) => ({ input, layers }));
  return fc
    .tuple(
      fc.oneof(onImages, onRows),
      fc.constantFrom('cross-entropy' as const, 'squared' as const),
    )
    .map(([{ input, layers }, loss]) => ({
      ...{ kind: 'layers', input, layers, loss, initialisation: 'xavier-uniform' },
    }));
}

/** |a - b| / |b|. */
function distance(a: ArrayLike<number>, b: readonly number[]): number {
  const squares = b.map((value, i) => (a[i]! - value) ** 2);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return Math.sqrt(sum(squares) / sum(b.map((value) => value ** 2)));
}

async function setUp(name: EngineName, spec: LayersSpec, seed: number) {
  const random = openStream(seed, 'agreement');
  const features = spec.input.reduce((a, b) => a * b, 1);
  const split: Split = {
    items: ITEMS,
    inputs: Float32Array.from({ length: ITEMS * features }, () => 2 * random.float() - 0.7),
    targets: Uint8Array.from({ length: ITEMS }, () => random.integer(CLASSES)),
    scale: 1,
  };
  const splits = { train: split, validation: split, test: split };
  const dataset: Dataset = {
    name: 'random',
    features,
    classes: CLASSES,
    outputs: CLASSES,
    sha256: '',
    splits,
  };
  const theta = place(initialiseParameters(spec, random));
  for (const { kind, offset, length } of modelParameters(spec)) {
    if (kind === 'weights') continue;
    for (let i = offset; i < offset + length; i += 1) theta[i] = random.float() - 0.5;
  }
  const data = placeDataset(bound, dataset);
  const open = (engine: EngineName): Promise<Engine> =>
    openEngine(bound, { engine, model: spec, data });
  const items = Uint32Array.from({ length: 5 }, () => random.integer(ITEMS));
  const rowsOf = (chosen: Iterable<number>) =>
    Array.from(chosen, (item) => split.inputs.subarray(item * features, (item + 1) * features));
  const randomOf = (layer: string) => streamState(seed, `agreement/${layer}`);
  const labels = Array.from(items, (item) => split.targets[item]!);
  const batch = { inputs: rowsOf(items), labels, randomOf };
  const all = { inputs: rowsOf(split.targets.keys()), labels: split.targets, randomOf: null };
  return { engine: await open(name), reference: await open('reference'), theta, items, batch, all };
}

/** Tests an engine against the reference one and against plain loops in float64. */
export function describeAgreement(
  name: EngineName,
  { convolutions, runs }: { convolutions: boolean; runs: number },
): void {
  describe(`engine ${name}`, () => {
    test('has the gradients of the reference engine and of plain loops in float64', async () => {
      const property = fc.asyncProperty(nets(convolutions), fc.nat(), async (spec, seed) => {
        const { engine, reference, theta, items, batch, all } = await setUp(name, spec, seed);
        try {
          expect(engine.parameters).toEqual(reference.parameters);
          const [out, ours] = [
            place(new Float32Array(theta.length)),
            place(new Float32Array(theta.length)),
          ];
          const loss = await engine.gradient(theta, items, out, batch.randomOf);
          await reference.gradient(theta, items, ours, batch.randomOf);
          const plain = plainLayersGradient(spec, theta, batch, float64);
          expect(distance(out, plain.gradient)).toBeLessThan(1e-4);
          expect(distance(out, [...ours])).toBeLessThan(1e-4);
          expect(Math.abs(loss - plain.loss)).toBeLessThan(1e-4 * plain.loss);

          const evaluation = await engine.evaluate(theta, 'test', 0, ITEMS);
          const { outputs, loss: total } = plainLayersGradient(spec, theta, all, float64);
          expect(Math.abs(evaluation.lossSum - total)).toBeLessThan(1e-4 * total);
          const confusion = new Uint32Array(CLASSES ** 2);
          for (const [item, row] of outputs.entries()) {
            confusion[all.labels[item]! * CLASSES + row.indexOf(Math.max(...row))]! += 1;
          }
          expect(evaluation).toMatchObject({ confusion });
        } finally {
          engine.close?.();
        }
      });
      await fc.assert(property, { numRuns: runs, seed: 7 });
    });

    test('agrees with central differences of the loss in float64', async () => {
      const [spec] = fc.sample(nets(convolutions), { numRuns: 1, seed: 3 }) as [LayersSpec];
      const { engine, theta, items, batch } = await setUp(name, spec, 11);
      const out = place(new Float32Array(theta.length));
      await engine.gradient(theta, items, out, batch.randomOf);
      engine.close?.();
      const lossAt = (moved: number, by: number) => {
        const copy = Float64Array.from(theta);
        copy[moved]! += by;
        return plainLayersGradient(spec, copy, batch, float64).loss;
      };
      const step = 1e-6;
      const differences = Array.from(
        theta,
        (_, i) => (lossAt(i, step) - lossAt(i, -step)) / (2 * step),
      );
      expect(distance(out, differences)).toBeLessThan(1e-4);
    });
  });
}
