import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { ClassEvaluation, LayersSpec } from '#src/learning/engine.js';
import { initialiseParameters } from '#src/learning/initialise.js';
import type { LayerSpec, LossName, Shape } from '#src/learning/layer-spec.js';
import { modelParameters } from '#src/learning/model.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { createReferenceEngine } from '#src/learning/reference-engine.js';
import { type RandomStream, streamState } from '#src/simulation/random.js';
import { bound, expectSameBits, place, randomStream } from '../kernels/bits.js';
import { float64, plainLayersGradient, plainLayersLoss } from './plain-layers.js';

const ITEMS = 12;

const conv2d = (
  filters: number,
  size: number,
  more: { stride?: number; padding?: 'same' } = {},
): LayerSpec => ({ kind: 'conv2d', filters, size, stride: 1, padding: 'valid', ...more });
const dense = (units: number): LayerSpec => ({ kind: 'dense', units });
const maxPool = (size: number, stride?: number): LayerSpec => ({ kind: 'max-pool', size, stride });
const averagePool = (size: number, stride?: number): LayerSpec => ({
  kind: 'average-pool',
  size,
  stride,
});
const dropout = (rate: number): LayerSpec => ({ kind: 'dropout', rate });
const [relu, sigmoid, tanh, flatten] = (['relu', 'sigmoid', 'tanh', 'flatten'] as const).map(
  (kind): LayerSpec => ({ kind }),
) as [LayerSpec, LayerSpec, LayerSpec, LayerSpec];

function model(input: Shape, layers: LayerSpec[], loss: LossName = 'cross-entropy'): LayersSpec {
  return { kind: 'layers', input, layers, loss, initialisation: 'xavier-uniform' };
}

/** Every layer, in every neighbourhood that matters, at sizes that fill panels and do not. */
const MODELS: Record<string, LayersSpec> = {
  'a small net as papers have it': model(
    [9, 8, 1],
    [conv2d(32, 3), relu, conv2d(10, 3), relu, maxPool(2), flatten, dense(7), relu, dense(3)],
  ),
  'two channels, tanh': model(
    [6, 7, 2],
    [conv2d(3, 3), tanh, maxPool(2), flatten, dense(5), tanh, dense(3)],
  ),
  'same padding, strides, more filters than a panel': model(
    [7, 8, 1],
    [
      conv2d(41, 3, { padding: 'same' }),
      relu,
      conv2d(9, 2, { stride: 2, padding: 'same' }),
      dense(3),
    ],
  ),
  'average-pool that overlaps, sigmoid': model(
    [7, 6, 5],
    [conv2d(6, 3, { stride: 2, padding: 'same' }), sigmoid, averagePool(2, 1), dense(3)],
  ),
  'windows farther apart than they are long': model(
    [8, 9, 3],
    [conv2d(4, 2, { stride: 3 }), relu, conv2d(5, 1, { stride: 2, padding: 'same' }), dense(3)],
  ),
  'max-pools that overlap, one after the other, at the inputs': model(
    [7, 7, 6],
    [maxPool(3, 2), relu, maxPool(2, 1), relu, dense(3)],
  ),
  'a window as large as the image': model([5, 5, 1], [conv2d(8, 5), relu, flatten, dense(3)]),
  'squared loss': model([4, 4, 2], [conv2d(4, 2), tanh, dense(6), sigmoid, dense(3)], 'squared'),
  'squared loss of a sigmoid': model([12], [dense(7), sigmoid, dense(3), sigmoid], 'squared'),
  'cross-entropy of a tanh': model([12], [dense(7), relu, dense(3), tanh]),
  'activations one after the other': model(
    [20],
    [sigmoid, tanh, dense(8), relu, tanh, sigmoid, dense(3)],
  ),
  'dropout everywhere': model(
    [6, 6, 1],
    [
      dropout(0.2),
      conv2d(5, 3),
      dropout(0.3),
      relu,
      averagePool(2),
      dropout(0.5),
      flatten,
      dense(6),
      relu,
      dropout(0.5),
      dense(3),
    ],
  ),
  'a dense net that begins with flatten': model([4, 5, 1], [flatten, dense(9), relu, dense(3)]),
};

function randomSplit(random: RandomStream, features: number, density: number): Split {
  const inputs = Float32Array.from({ length: ITEMS * features }, () =>
    random.float() < density ? 2 * random.float() - 0.7 : 0,
  );
  const labels = Uint8Array.from({ length: ITEMS }, () => random.integer(3));
  return { items: ITEMS, inputs, targets: labels, scale: 1 };
}

function setUp(spec: LayersSpec, random: RandomStream, split: Split) {
  const features = split.inputs.length / ITEMS;
  const splits = { train: split, validation: split, test: split };
  const dataset: Dataset = { name: 'random', features, classes: 3, outputs: 3, sha256: '', splits };
  const engine = createReferenceEngine(bound, spec, placeDataset(bound, dataset));
  const theta = place(initialiseParameters(spec, random));
  for (const { kind, offset, length } of modelParameters(spec)) {
    if (kind === 'weights') continue;
    for (let i = offset; i < offset + length; i += 1) theta[i] = random.float() - 0.5;
  }
  return { engine, theta };
}

const randomOf = (name: string) => (layer: string) => streamState(5, `${name}/${layer}`);

function bothGradients(
  name: string,
  spec: LayersSpec,
  { density, count = 5 }: { density: number; count?: number },
  change: (theta: Float32Array, split: Split, random: RandomStream) => void = () => {},
) {
  const random = randomStream(name);
  const features = spec.input.reduce((a, b) => a * b, 1);
  const split = randomSplit(random, features, density);
  change(new Float32Array(0), split, random);
  const { engine, theta } = setUp(spec, random, split);
  change(theta, split, random);
  const items = Uint32Array.from({ length: count }, () => random.integer(ITEMS));
  const out = place(new Float32Array(engine.dimension).fill(777));
  const loss = engine.gradient(theta, items, out, randomOf(name));
  const inputs = Array.from(items, (item) =>
    split.inputs.subarray(item * features, (item + 1) * features),
  );
  const batch = {
    inputs,
    labels: Array.from(items, (item) => split.targets[item]!),
    randomOf: randomOf(name),
  };
  return { loss, out, expected: plainLayersGradient(spec, theta, batch), theta, batch };
}

const SPOILS: [string, (theta: Float32Array, split: Split, random: RandomStream) => void][] = [
  [
    'a NaN among the parameters',
    (theta, _split, random) => {
      if (theta.length > 0) theta[random.integer(theta.length)] = Number.NaN;
    },
  ],
  [
    'infinities among the parameters',
    (theta, _split, random) => {
      if (theta.length === 0) return;
      for (let i = 0; i < 3; i += 1) theta[random.integer(theta.length)] = Infinity;
      theta[random.integer(theta.length)] = -Infinity;
    },
  ],
  ['parameters that overflow', (theta) => theta.set(theta.map((value) => value * 1e30))],
  ['parameters that underflow', (theta) => theta.set(theta.map((value) => value * 1e-41))],
  [
    'inputs that are not finite',
    (theta, { inputs }, random) => {
      if (theta.length > 0) return;
      inputs[random.integer(inputs.length)] = Number.NaN;
      inputs[random.integer(inputs.length)] = Infinity;
      inputs[random.integer(inputs.length)] = -Infinity;
      inputs[random.integer(inputs.length)] = -0;
    },
  ],
];

for (const [title, spec] of Object.entries(MODELS)) {
  describe(title, () => {
    for (const density of [0.3, 0.9]) {
      test(`has the bits of plain rounded loops, inputs of density ${density}`, () => {
        for (const count of [1, 5]) {
          const found = bothGradients(`${title} ${density}`, spec, { density, count });
          expectSameBits(found.out, found.expected.gradient);
          expect(found.loss).toBe(found.expected.loss);
        }
      });
    }

    for (const [spoil, change] of SPOILS) {
      test(`computes as IEEE 754 says with ${spoil}`, () => {
        for (const density of [0.3, 0.9]) {
          const name = `${title} ${spoil} ${density}`;
          const found = bothGradients(name, spec, { density }, change);
          expectSameBits(found.out, found.expected.gradient);
          expect(found.loss).toBe(found.expected.loss);
        }
      });
    }

    test('agrees with central differences of the loss in float64', () => {
      const { out, theta, batch } = bothGradients(`${title} differences`, spec, {
        density: 0.9,
        count: 3,
      });
      const lossAt = (moved: number, by: number) => {
        const copy = Float64Array.from(theta);
        copy[moved]! += by;
        return plainLayersLoss(spec, copy, batch, float64);
      };
      const random = randomStream(`${title} which`);
      const step = 1e-6;
      for (let n = 0; n < 60; n += 1) {
        const i = random.integer(theta.length);
        const difference = (lossAt(i, step) - lossAt(i, -step)) / (2 * step);
        expect(Math.abs(out[i]! - difference)).toBeLessThan(5e-5);
      }
    });

    test('is evaluated as plain loops do, without dropout', () => {
      const random = randomStream(`${title} evaluation`);
      const features = spec.input.reduce((a, b) => a * b, 1);
      const split = randomSplit(random, features, 0.5);
      const { engine, theta } = setUp(spec, random, split);
      const inputs = Array.from({ length: ITEMS }, (_, item) =>
        split.inputs.subarray(item * features, (item + 1) * features),
      );
      const batch = { inputs, labels: split.targets, randomOf: null };
      const { loss, outputs } = plainLayersGradient(spec, theta, batch);
      const confusion = new Array<number>(9).fill(0);
      outputs.forEach((row, item) => {
        confusion[split.targets[item]! * 3 + row.indexOf(Math.max(...row))]! += 1;
      });
      const found = engine.evaluate(theta, 'test', 0, ITEMS) as ClassEvaluation;
      expect([...found.confusion]).toEqual(confusion);
      expect(found.lossSum).toBe(loss);
    });
  });
}

test('gradients of zero count where the weights they pass are infinite', () => {
  // The filter with the infinity is -Infinity everywhere, rectified to 0; its gradients are 0, and
  // 0 times -Infinity is NaN below.
  const spec = model([5, 5, 1], [conv2d(2, 1), sigmoid, conv2d(3, 2), relu, dense(3)]);
  const { out, expected } = bothGradients('infinite filter', spec, { density: 1 }, (theta) => {
    const weights = modelParameters(spec).find(({ name }) => name === 'conv2d-2/weights')!;
    if (theta.length > 0) theta[weights.offset + 4] = -Infinity;
  });
  expectSameBits(out, expected.gradient);
  expect(out[1]).toBeNaN();
  expect(out.subarray(-12).every(Number.isFinite)).toBe(true);
});

describe('by hand', () => {
  /** A model's gradient for one item of label 0, with squared loss: what comes out less one-hot. */
  function gradientOf(spec: LayersSpec, inputs: number[], theta: number[]): number[] {
    const split: Split = {
      items: 1,
      inputs: Float32Array.from(inputs),
      targets: Uint8Array.of(0),
      scale: 1,
    };
    const splits = { train: split, validation: split, test: split };
    const classes = (spec.layers.at(-1) as { units: number }).units;
    const dataset: Dataset = {
      name: 'one',
      features: inputs.length,
      classes,
      outputs: classes,
      sha256: '',
      splits,
    };
    const engine = createReferenceEngine(bound, spec, placeDataset(bound, dataset));
    const out = place(new Float32Array(engine.dimension));
    engine.gradient(place(theta), Uint32Array.of(0), out);
    return [...out];
  }

  test('a convolution of 3 x 3 with a window of 2 x 2', () => {
    // x = 1 2 3 / 4 5 6 / 7 8 9, W = 1 0 / 0 -1, b = 10: out = 10 + (1 - 5), (2 - 6), (4 - 8), (5 - 9)
    //   = 6, 6, 6, 6. Dense with weights 1, 2, 3, 4 and 0: 60; and 0 for class 1.
    //   g = (60 - 1, 0): of the dense weights 6 * 59 and 0, of the convolution's outputs 59 * (1, 2, 3, 4).
    //   of W: r, c: sum of x(i + r, j + c) g(i, j):
    //     (1*1 + 2*2 + 4*3 + 5*4) = 37, (2 + 6 + 15 + 24) = 47, (4 + 10 + 21 + 32) = 67,
    //     (5 + 12 + 24 + 36) = 77, times 59; of b: 10 * 59.
    const spec = model([3, 3, 1], [conv2d(1, 2), dense(2)], 'squared');
    const theta = [1, 0, 0, -1, 10, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0];
    expect(gradientOf(spec, [1, 2, 3, 4, 5, 6, 7, 8, 9], theta)).toEqual([
      ...[37, 47, 67, 77, 10].map((value) => value * 59),
      ...[354, 0, 354, 0, 354, 0, 354, 0],
      ...[59, 0],
    ]);
  });

  test('a max-pool passes its gradient to the first of the greatest', () => {
    // A 1 x 1 convolution by 1 copies x = 3 3 / 1 3; max = 3, dense by 1: 3, g = 2.
    //   of the convolution's weight: x * g at the first 3 alone: 3 * 2, its bias: 2.
    const spec = model([2, 2, 1], [conv2d(1, 1), maxPool(2), dense(2)], 'squared');
    expect(gradientOf(spec, [3, 3, 1, 3], [1, 0, 1, 0, 0, 0])).toEqual([6, 2, 6, 0, 2, 0]);
  });

  test('an average-pool passes an equal part of its gradient to each', () => {
    // Mean of 2 4 / 6 8 = 5, g = 4, a quarter each: of the weight 1 * (2 + 4 + 6 + 8), of the bias 4.
    const spec = model([2, 2, 1], [conv2d(1, 1), averagePool(2), dense(2)], 'squared');
    expect(gradientOf(spec, [2, 4, 6, 8], [1, 0, 1, 0, 0, 0])).toEqual([20, 4, 20, 0, 4, 0]);
  });
});

describe('dropout', () => {
  const spec = model([30, 30, 1], [dropout(0.25), dense(3)]);

  test('drops this share of the numbers, others for another gradient', () => {
    const random = randomStream('dropout share');
    const split = randomSplit(random, 900, 1);
    split.inputs.fill(1);
    const { engine, theta } = setUp(spec, random, split);
    // Each weight's gradient is the number that came in times the same for all.
    const out = place(new Float32Array(engine.dimension));
    const kept = (name: string) => {
      engine.gradient(theta, Uint32Array.of(3), out, randomOf(name));
      return Array.from({ length: 900 }, (_, i) => out[3 * i] !== 0);
    };
    const [first, again, other] = [kept('one'), kept('one'), kept('two')];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const share = (first.filter(Boolean).length + other.filter(Boolean).length) / 1800;
    expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 1800));
  });

  test('needs random numbers for a gradient', () => {
    const random = randomStream('dropout without');
    const { engine, theta } = setUp(spec, random, randomSplit(random, 900, 0.5));
    const out = place(new Float32Array(engine.dimension));
    expect(() => engine.gradient(theta, Uint32Array.of(0), out)).toThrow(
      /dropout-1 needs random numbers/,
    );
  });
});
