import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { MlpSpec } from '#src/learning/engine.js';
import { initialiseParameters } from '#src/learning/initialise.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { createReferenceEngine } from '#src/learning/reference-engine.js';
import type { RandomStream } from '#src/simulation/random.js';
import { bound, expectSameBits, place, randomStream } from '../kernels/bits.js';
import { plainGradient } from './plain-network.js';

const ITEMS = 60;

function randomSplit(
  random: RandomStream,
  features: number,
  classes: number,
  density: number,
  unit: 'pixel' | 'float',
): Split {
  const chosen = () => random.float() < density;
  const length = ITEMS * features;
  const inputs =
    unit === 'pixel'
      ? Uint8Array.from({ length }, () => (chosen() ? 1 + random.integer(255) : 0))
      : Float32Array.from({ length }, () => (chosen() ? 2 * random.float() - 1 : 0));
  const labels = Uint8Array.from({ length: ITEMS }, () => random.integer(classes));
  return { items: ITEMS, inputs, targets: labels, scale: unit === 'pixel' ? 1 / 255 : 1 };
}

function dataset(features: number, classes: number, split: Split): Dataset {
  const splits = { train: split, validation: split, test: split };
  return { name: 'random', features, classes, outputs: classes, sha256: '', splits };
}

function plainInputs({ inputs, scale }: Split, features: number, items: ArrayLike<number>) {
  const factor = Math.fround(scale);
  return Array.from(items, (item) =>
    Float32Array.from({ length: features }, (_, j) =>
      Math.fround(inputs[item * features + j]! * factor),
    ),
  );
}

const model = (...layers: number[]): MlpSpec => ({
  kind: 'mlp',
  layers,
  activation: 'relu',
  initialisation: 'xavier-uniform',
});

const MODELS = [
  model(7, 3),
  model(784, 128, 64, 10),
  model(65, 33, 10),
  model(50, 32, 8, 8, 2),
  model(19, 45, 17, 5),
];

/** Both gradients of a random batch. `change` may spoil theta first. */
function bothGradients(
  name: string,
  spec: MlpSpec,
  density: number,
  unit: 'pixel' | 'float',
  count: number,
  change: (theta: Float32Array, random: RandomStream) => void = () => {},
) {
  const random = randomStream(name);
  const features = spec.layers[0]!;
  const classes = spec.layers.at(-1)!;
  const split = randomSplit(random, features, classes, density, unit);
  const placed = placeDataset(bound, dataset(features, classes, split));
  const engine = createReferenceEngine(bound, spec, placed);
  const theta = place(initialiseParameters(spec, random));
  change(theta, random);
  const items = Uint32Array.from({ length: count }, () => random.integer(ITEMS));
  const out = place(new Float32Array(engine.dimension).fill(777));
  const loss = engine.gradient(theta, items, out);
  const labels = Array.from(items, (item) => split.targets[item]!);
  const expected = plainGradient(spec, theta, plainInputs(split, features, items), labels);
  return { loss, gradient: out, expected, form: placed.splits.train.form };
}

/** Ways in which a vector of parameters goes wrong. */
const SPOILS: [string, (theta: Float32Array, random: RandomStream) => void][] = [
  [
    'a NaN',
    (theta, random) => {
      theta[random.integer(theta.length)] = Number.NaN;
    },
  ],
  [
    'one infinity in the first weights',
    (theta, random) => {
      theta[random.integer(90)] = Infinity;
    },
  ],
  [
    'infinities of both signs anywhere',
    (theta, random) => {
      for (let i = 0; i < 5; i += 1) theta[random.integer(theta.length)] = Infinity;
      for (let i = 0; i < 5; i += 1) theta[random.integer(theta.length)] = -Infinity;
    },
  ],
  ['only NaNs', (theta) => theta.fill(Number.NaN)],
  ['numbers that overflow', (theta) => theta.set(theta.map((value) => value * 1e38))],
  ['numbers that underflow', (theta) => theta.set(theta.map((value) => value * 1e-42))],
];

describe('the reference engine', () => {
  for (const spec of MODELS) {
    for (const [density, unit] of [
      [0.2, 'pixel'],
      [0.2, 'float'],
      [0.9, 'pixel'],
      [0.9, 'float'],
    ] as const) {
      const name = `${spec.layers.join('-')}, ${unit}s of density ${density}`;
      test(`has the bits of plain rounded loops: ${name}`, () => {
        for (const count of [1, 6, 23]) {
          const result = bothGradients(`${name} ${count}`, spec, density, unit, count);
          expect(result.form).toBe(density < 0.5 ? 'compressed' : 'dense');
          expectSameBits(result.gradient, result.expected.gradient);
          expect(result.loss).toBe(result.expected.loss);
        }
      });
    }
  }

  for (const [spoil, change] of SPOILS) {
    for (const density of [0.2, 0.9]) {
      test(`computes as IEEE 754 says with ${spoil}, inputs of density ${density}`, () => {
        for (const spec of [model(19, 45, 17, 5), model(40, 3)]) {
          const name = `${spoil} ${density}`;
          const result = bothGradients(name, spec, density, 'pixel', 12, change);
          expect(result.form).toBe(density < 0.5 ? 'compressed' : 'dense');
          expectSameBits(result.gradient, result.expected.gradient);
          expect(result.loss).toBe(result.expected.loss);
        }
      });
    }
  }

  test('computes as IEEE 754 says with inputs that are not finite', () => {
    const random = randomStream('inputs');
    const spec = model(30, 20, 4);
    for (const density of [0.2, 0.9]) {
      const split = randomSplit(random, 30, 4, density, 'float');
      split.inputs[17] = Number.NaN;
      split.inputs[170] = Infinity;
      split.inputs[290] = -Infinity;
      split.inputs[300] = -0;
      const engine = createReferenceEngine(bound, spec, placeDataset(bound, dataset(30, 4, split)));
      const theta = place(initialiseParameters(spec, random));
      const out = place(new Float32Array(engine.dimension));
      const items = Uint32Array.from({ length: 12 }, (_, i) => i);
      const loss = engine.gradient(theta, items, out);
      const expected = plainGradient(spec, theta, plainInputs(split, 30, items), split.targets);
      expectSameBits(out, expected.gradient);
      expect(loss).toBe(expected.loss);
    }
  });

  test('sums the gradients of an item that the batch holds twice', () => {
    const random = randomStream('twice');
    const spec = model(12, 6, 3);
    const split = randomSplit(random, 12, 3, 0.4, 'pixel');
    const engine = createReferenceEngine(bound, spec, placeDataset(bound, dataset(12, 3, split)));
    const theta = place(initialiseParameters(spec, random));
    const once = place(new Float32Array(engine.dimension));
    const twice = place(new Float32Array(engine.dimension));
    const loss = engine.gradient(theta, Uint32Array.of(5), once);
    expect(engine.gradient(theta, Uint32Array.of(5, 5), twice)).toBe(2 * loss);
    expectSameBits(
      twice,
      once.map((value) => 2 * value),
    );
  });

  test('leaves theta, the items and its scratch space as they were', () => {
    const random = randomStream('scratch');
    const spec = model(12, 6, 3);
    const split = randomSplit(random, 12, 3, 0.4, 'pixel');
    const engine = createReferenceEngine(bound, spec, placeDataset(bound, dataset(12, 3, split)));
    const theta = place(initialiseParameters(spec, random));
    const items = Uint32Array.of(3, 1, 2);
    const out = place(new Float32Array(engine.dimension));
    const before = [theta.slice(), bound.arena.mark()] as const;
    engine.gradient(theta, items, out);
    engine.evaluate(theta, 'test', 0, ITEMS);
    expectSameBits(theta, before[0]);
    expect([...items]).toEqual([3, 1, 2]);
    expect(bound.arena.mark()).toEqual(before[1]);
  });

  test('gives a gradient of zeros for an empty batch', () => {
    const random = randomStream('empty');
    const spec = model(12, 6, 3);
    for (const density of [0.3, 1]) {
      const split = randomSplit(random, 12, 3, density, 'pixel');
      const engine = createReferenceEngine(bound, spec, placeDataset(bound, dataset(12, 3, split)));
      const out = place(new Float32Array(engine.dimension).fill(1));
      const theta = place(initialiseParameters(spec, random));
      expect(engine.gradient(theta, new Uint32Array(0), out)).toBe(0);
      expectSameBits(out, new Float32Array(engine.dimension));
    }
  });

  test('refuses what does not fit', () => {
    const random = randomStream('fit');
    const placed = placeDataset(bound, dataset(12, 3, randomSplit(random, 12, 3, 0.4, 'pixel')));
    expect(() => createReferenceEngine(bound, model(13, 3), placed)).toThrow(/12 features/);
    expect(() => createReferenceEngine(bound, model(12, 4), placed)).toThrow(/3 classes/);
    const engine = createReferenceEngine(bound, model(12, 3), placed);
    const theta = place(new Float32Array(39));
    const items = Uint32Array.of(0);
    expect(() => engine.gradient(new Float32Array(39), items, theta)).toThrow(/kernel memory/);
    expect(() => engine.gradient(place([1]), items, theta)).toThrow(/1 elements, the model 39/);
    expect(() => engine.gradient(theta, Uint32Array.of(ITEMS), theta)).toThrow(/item 60/);
    expect(() => engine.evaluate(theta, 'test', 0, ITEMS + 1)).toThrow(/0 to 61/);
  });
});

/** Loss of one batch in float64, written without regard to the engine. */
function lossInFloat64(
  layers: readonly number[],
  theta: Float64Array,
  inputs: readonly Float32Array[],
  labels: ArrayLike<number>,
): number {
  let total = 0;
  inputs.forEach((input, item) => {
    let values = [...input];
    let at = 0;
    for (let layer = 1; layer < layers.length; layer += 1) {
      const [from, to] = [layers[layer - 1]!, layers[layer]!];
      const next: number[] = [];
      for (let j = 0; j < to; j += 1) {
        let sum = theta[at + from * to + j]!;
        for (let i = 0; i < from; i += 1) sum += values[i]! * theta[at + i * to + j]!;
        next.push(layer < layers.length - 1 ? Math.max(0, sum) : sum);
      }
      values = next;
      at += from * to + to;
    }
    const powers = values.map((value) => Math.exp(value));
    const sum = powers.reduce((a, b) => a + b, 0);
    total -= Math.log(powers[labels[item]!]! / sum);
  });
  return total;
}

describe('the gradient', () => {
  test('agrees with central differences of the loss in float64', () => {
    for (const spec of [model(9, 4), model(11, 8, 3), model(10, 7, 6, 4)]) {
      for (const density of [0.4, 0.9]) {
        const random = randomStream(`differences ${spec.layers} ${density}`);
        const features = spec.layers[0]!;
        const classes = spec.layers.at(-1)!;
        const split = randomSplit(random, features, classes, density, 'float');
        const placed = placeDataset(bound, dataset(features, classes, split));
        const engine = createReferenceEngine(bound, spec, placed);
        const theta = place(initialiseParameters(spec, random));
        for (const { kind, offset, length } of engine.parameters) {
          if (kind === 'weights') continue;
          for (let i = offset; i < offset + length; i += 1) theta[i] = random.float() - 0.5;
        }
        const items = Uint32Array.from({ length: 9 }, () => random.integer(ITEMS));
        const out = place(new Float32Array(engine.dimension));
        const loss = engine.gradient(theta, items, out);

        const inputs = plainInputs(split, features, items);
        const labels = Array.from(items, (item) => split.targets[item]!);
        const at = (moved: number, by: number) => {
          const copy = Float64Array.from(theta);
          copy[moved]! += by;
          return lossInFloat64(spec.layers, copy, inputs, labels);
        };
        expect(loss).toBeCloseTo(at(0, 0), 4);
        const step = 1e-6;
        for (let i = 0; i < engine.dimension; i += 1) {
          const difference = (at(i, step) - at(i, -step)) / (2 * step);
          expect(Math.abs(out[i]! - difference)).toBeLessThan(2e-5);
        }
      }
    }
  });

  test('of a tiny net is what it is by hand', () => {
    // Two inputs, two hidden units, two classes; x = (1, 2), label 0.
    //   W1 = [[1, -1], [0.5, 1]], b1 = (0, -2):  x W1 + b1 = (1 + 1, -1 + 2 - 2) = (2, -1)
    //   rectified: h = (2, 0)
    //   W2 = [[1, 1], [3, -4]], b2 = (0.5, -0.5): logits = (2 + 0.5, 2 - 0.5) = (2.5, 1.5)
    //   softmax: p0 = 1 / (1 + e^-1) = 0.731059, p1 = 0.268941; loss = -log p0 = 0.313262
    //   dlogits = (p0 - 1, p1) = (-q, q), q = 0.268941
    //   dW2 = h^T dlogits = [[-2q, 2q], [0, 0]], db2 = (-q, q)
    //   dh = dlogits W2^T = (-q + q, -3q - 4q) = (0, -7q); the second unit is off: (0, 0)
    // With W2 = [[1, 2], ...]: logits = (2.5, 3.5), q = 0.731059, dh = (-q + 2q, ...) = (q, 0)
    //   dW1 = x^T dh = [[q, 0], [2q, 0]], db1 = (q, 0); loss = -log 0.268941 = 1.313262
    const inputs = Float32Array.of(1, 2);
    const split: Split = { items: 1, inputs, targets: Uint8Array.of(0), scale: 1 };
    const engine = createReferenceEngine(
      bound,
      model(2, 2, 2),
      placeDataset(bound, dataset(2, 2, split)),
    );
    const out = place(new Float32Array(12));
    const first = [1, -1, 0.5, 1, 0, -2];

    const even = engine.gradient(place([...first, 1, 1, 3, -4, 0.5, -0.5]), Uint32Array.of(0), out);
    const p = 0.26894142137;
    expect(even).toBeCloseTo(0.31326168752, 6);
    expectClose(out, [0, 0, 0, 0, 0, 0, -2 * p, 2 * p, 0, 0, -p, p]);

    const uneven = engine.gradient(
      place([...first, 1, 2, 3, -4, 0.5, -0.5]),
      Uint32Array.of(0),
      out,
    );
    const q = 0.73105857863;
    expect(uneven).toBeCloseTo(1.31326168752, 6);
    expectClose(out, [q, 0, 2 * q, 0, q, 0, -2 * q, 2 * q, 0, 0, -q, q]);
  });
});

function expectClose(found: Float32Array, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 6);
  });
}
