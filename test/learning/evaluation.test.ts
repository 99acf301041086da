import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { ClassEvaluation, Engine, MlpSpec } from '#src/learning/engine.js';
import { initialiseParameters } from '#src/learning/initialise.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { createReferenceEngine } from '#src/learning/reference-engine.js';
import { bound, place, randomStream } from '../kernels/bits.js';
import { crossEntropy, forward, unflatten } from './plain-network.js';

const SPEC: MlpSpec = {
  kind: 'mlp',
  layers: [30, 12, 5],
  activation: 'relu',
  initialisation: 'he-normal',
};
const ITEMS = 517;

function engineOn(density: number) {
  const random = randomStream(`evaluation ${density}`);
  const split: Split = {
    items: ITEMS,
    inputs: Uint8Array.from({ length: 30 * ITEMS }, () =>
      random.float() < density ? random.integer(256) : 0,
    ),
    targets: Uint8Array.from({ length: ITEMS }, () => random.integer(5)),
    scale: 1 / 255,
  };
  const none: Split = { ...split, items: 0, inputs: new Uint8Array(0), targets: new Uint8Array(0) };
  const dataset: Dataset = {
    name: 'random',
    features: 30,
    classes: 5,
    outputs: 5,
    sha256: '',
    splits: { train: none, validation: none, test: split },
  };
  const engine = createReferenceEngine(bound, SPEC, placeDataset(bound, dataset));
  return { engine, split, theta: place(initialiseParameters(SPEC, random)) };
}

function evaluate(engine: Engine, ...where: Parameters<Engine['evaluate']>): ClassEvaluation {
  return engine.evaluate(...where) as ClassEvaluation;
}

describe('an evaluation', () => {
  for (const density of [0.2, 0.9]) {
    test(`counts what plain loops predict and sums their losses, density ${density}`, () => {
      const { engine, split, theta } = engineOn(density);
      const scale = Math.fround(1 / 255);
      const inputs = Array.from({ length: ITEMS }, (_, item) =>
        Float32Array.from(split.inputs.subarray(item * 30, (item + 1) * 30), (v) => v * scale),
      );
      const logits = forward(unflatten(SPEC, theta), inputs).at(-1)!;
      const confusion = new Array<number>(25).fill(0);
      let lossSum = 0;
      logits.forEach((row, item) => {
        const label = split.targets[item]!;
        confusion[label * 5 + row.indexOf(Math.max(...row))]! += 1;
        lossSum += crossEntropy(row, label).loss;
      });
      const found = evaluate(engine, theta, 'test', 0, ITEMS);
      expect([...found.confusion]).toEqual(confusion);
      expect(found.lossSum).toBe(lossSum);
    });
  }

  test('of parts counts the same as of the whole', () => {
    const { engine, theta } = engineOn(0.3);
    const whole = evaluate(engine, theta, 'test', 0, ITEMS);
    const sums = new Uint32Array(25);
    for (const [from, to] of [
      [0, 1],
      [1, 250],
      [250, 250],
      [250, ITEMS],
    ] as const) {
      evaluate(engine, theta, 'test', from, to).confusion.forEach((count, i) => {
        sums[i]! += count;
      });
    }
    expect(sums).toEqual(whole.confusion);
  });

  test('of no items is all zeros', () => {
    const { engine, theta } = engineOn(0.3);
    expect(engine.evaluate(theta, 'train', 0, 0)).toEqual({
      lossSum: 0,
      confusion: new Uint32Array(25),
    });
  });

  test('with equal logits predicts the lowest class, and with NaNs class 0', () => {
    const { engine, theta } = engineOn(0.3);
    const columns = (confusion: Uint32Array) =>
      [0, 1, 2, 3, 4].map((j) =>
        [0, 1, 2, 3, 4].reduce((sum, i) => sum + confusion[5 * i + j]!, 0),
      );
    theta.fill(0);
    const even = evaluate(engine, theta, 'test', 0, ITEMS);
    expect(columns(even.confusion)).toEqual([ITEMS, 0, 0, 0, 0]);
    expect(even.lossSum).toBeCloseTo(ITEMS * Math.log(5), 3);
    // The biases of classes 2 and 4 are greatest, and equal.
    theta.set([0, 1, 2, 1, 2], theta.length - 5);
    expect(columns(evaluate(engine, theta, 'test', 0, ITEMS).confusion)).toEqual([
      0,
      0,
      ITEMS,
      0,
      0,
    ]);
    theta.fill(Number.NaN);
    const broken = evaluate(engine, theta, 'test', 0, ITEMS);
    expect(columns(broken.confusion)).toEqual([ITEMS, 0, 0, 0, 0]);
    expect(broken.lossSum).toBeNaN();
  });
});
