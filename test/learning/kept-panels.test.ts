import { expect, test } from 'vitest';
import type { Dataset } from '#src/learning/dataset.js';
import type { MlpSpec } from '#src/learning/engine.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { createReferenceEngine } from '#src/learning/reference-engine.js';
import { bound, expectSameBits, randomStream } from '../kernels/bits.js';

const ITEMS = 40;
const FEATURES = 33;
const MODEL: MlpSpec = {
  kind: 'mlp',
  layers: [FEATURES, 20, 12, 5],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};

const random = randomStream('kept panels');
const split = {
  items: ITEMS,
  inputs: Uint8Array.from({ length: ITEMS * FEATURES }, () =>
    random.float() < 0.3 ? random.integer(256) : 0,
  ),
  targets: Uint8Array.from({ length: ITEMS }, () => random.integer(5)),
  scale: 1 / 255,
};
const dataset: Dataset = {
  ...{ name: 'random', features: FEATURES, classes: 5, outputs: 5, sha256: '' },
  splits: { train: split, validation: split, test: split },
};

/** Three layers' weights, and the second's and the third's turned around. */
const WEIGHTS = 5;
/** What each layer multiplies its inputs with, for the gradient of its weights. */
const OTHERS = 3;

/** An engine, and how often it has packed a matrix. */
function countingEngine() {
  let packed = 0;
  const counted =
    <Arguments extends unknown[], Result>(kernel: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      packed += 1;
      return kernel(...given);
    };
  const { run } = bound;
  const kernels = {
    ...bound,
    run: { ...run, packRows: counted(run.packRows), packColumns: counted(run.packColumns) },
  };
  const engine = createReferenceEngine(kernels, MODEL, placeDataset(kernels, dataset));
  return {
    engine,
    packings: (work: () => void): number => {
      const before = packed;
      work();
      return packed - before;
    },
  };
}

const { engine, packings } = countingEngine();
const filled = (vector: Float32Array) => vector.map(() => 2 * random.float() - 1);
const newTheta = () => {
  const theta = bound.arena.vector(engine.dimension);
  theta.set(filled(theta));
  return theta;
};
const out = bound.arena.vector(engine.dimension);
const items = Uint32Array.from({ length: 10 }, (_, index) => 3 * index);

test('parameters of one name are packed for the first and the second gradient, and not again', () => {
  const theta = newTheta();
  const gradient = () => void engine.gradient(theta, items, out, undefined, undefined, 7);
  expect(Array.from({ length: 4 }, () => packings(gradient))).toEqual([
    WEIGHTS + OTHERS,
    WEIGHTS + OTHERS,
    OTHERS,
    OTHERS,
  ]);
  const unnamed = () => void engine.gradient(theta, items, out);
  expect([packings(unnamed), packings(unnamed)]).toEqual([WEIGHTS + OTHERS, WEIGHTS + OTHERS]);
});

test('the bits are those without names: other parameters at one place, one name at other places, in any order', () => {
  const places = [newTheta(), newTheta()];
  const rows = filled(new Float32Array(items.length * FEATURES));
  const labels = Uint8Array.from(items, (item) => split.targets[item]!);
  const substitutes = [undefined, { inputs: rows, labels }];
  let last = 0;
  const nameAt = [0, 0];
  for (let step = 0; step < 300; step += 1) {
    const place = random.integer(2);
    if (random.float() < 0.2) {
      const theta = places[place]!;
      theta.set(filled(theta));
      last += 1;
      nameAt[place] = last;
    }
    const theta = places[place]!;
    const substitute = substitutes[random.integer(2)];
    engine.gradient(theta, items, out, undefined, substitute, nameAt[place]!);
    const named = out.slice();
    engine.gradient(theta, items, out, undefined, substitute);
    expectSameBits(named, out);
  }
});
