import { describe, expect, it } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { LayersSpec, MlpSpec, NumberEvaluation } from '#src/learning/engine.js';
import { modelDimension } from '#src/learning/model.js';
import { modelProblems } from '#src/learning/model-fit.js';
import { openEngine } from '#src/learning/open-engine.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { createReferenceEngine } from '#src/learning/reference-engine.js';
import { bound, expectSameBits, place, randomStream, rubbish } from '../kernels/bits.js';
import { product, transpose } from './plain-network.ts';

const { fround } = Math;

function dataset(features: number, outputs: number, split: Split): Dataset {
  const splits = { train: split, validation: split, test: split };
  return { name: 'numbers', features, classes: null, outputs, sha256: '', splits };
}

function mlp(...layers: number[]): MlpSpec {
  return {
    kind: 'mlp',
    layers,
    activation: 'relu',
    loss: 'squared',
    initialisation: 'xavier-uniform',
  };
}

const ITEMS = 430;

function setUp(name: string, spec: MlpSpec | LayersSpec, features: number, outputs: number) {
  const random = randomStream(name);
  const floats = (length: number) => Float32Array.from({ length }, () => 2 * random.float() - 1);
  const split: Split = {
    items: ITEMS,
    inputs: floats(ITEMS * features),
    scale: 1,
    targets: floats(ITEMS * outputs),
  };
  const data = placeDataset(bound, dataset(features, outputs, split));
  const engine = createReferenceEngine(bound, spec, data);
  return { engine, data, split, theta: place(floats(modelDimension(spec))), random };
}

describe('a regression', () => {
  it('has the loss and the gradient that are worked out by hand', () => {
    // x = (1, 2), targets (3, -1); outputs x W + b with W = [[1, 0], [0.5, -1]], b = (0, 0.5) are
    // (2, -1.5). Differences (-1, -0.5): loss (1 + 0.25) / 2; gradient x times the differences.
    const split: Split = {
      items: 1,
      inputs: Float32Array.of(1, 2),
      scale: 1,
      targets: Float32Array.of(3, -1),
    };
    const engine = createReferenceEngine(
      bound,
      mlp(2, 2),
      placeDataset(bound, dataset(2, 2, split)),
    );
    const theta = place([1, 0, 0.5, -1, 0, 0.5]);
    const out = rubbish(6);
    expect(engine.gradient(theta, Uint32Array.of(0), out)).toBe(0.625);
    expectSameBits(out, [-1, -0.5, -2, -1, -1, -0.5]);
    expect(engine.evaluate(theta, 'test', 0, 1)).toEqual({
      lossSum: 0.625,
      absoluteErrors: Float64Array.of(1, 0.5),
      squaredErrors: Float64Array.of(1, 0.25),
    });
  });

  it.each([1, 3])('of %i outputs has the bits of plain loops', (outputs) => {
    const { engine, split, theta } = setUp(`linear ${outputs}`, mlp(5, outputs), 5, outputs);
    const items = Uint32Array.of(7, 0, 7, 429, 100);
    const out = rubbish(theta.length);
    const loss = engine.gradient(theta, items, out);
    const rows = (values: ArrayLike<number>, width: number) =>
      Array.from(items, (item) =>
        Float32Array.from({ length: width }, (_, i) => values[item * width + i]!),
      );
    const weights = Array.from({ length: 5 }, (_, i) =>
      theta.slice(i * outputs, (i + 1) * outputs),
    );
    const biases = theta.slice(5 * outputs);
    const inputs = rows(split.inputs, 5);
    const targets = rows(split.targets, outputs);
    const differences = product(inputs, weights).map((row, item) =>
      row.map((sum, j) => fround(fround(sum + biases[j]!) - targets[item]![j]!)),
    );
    const losses = differences.map((row) =>
      fround(0.5 * row.reduce((sum, d) => fround(sum + fround(d * d)), 0)),
    );
    expect(loss).toBe(losses.reduce((sum, each) => sum + each, 0));
    const ofBiases = Array.from({ length: outputs }, (_, j) =>
      differences.reduce((sum, row) => fround(sum + row[j]!), 0),
    );
    const ofWeights = product(transpose(inputs), differences).flatMap((row) => [...row]);
    expectSameBits(out, [...ofWeights, ...ofBiases]);
  });

  it('agrees with central differences of the loss in float64', () => {
    const spec: LayersSpec = {
      kind: 'layers',
      input: [4],
      layers: [{ kind: 'dense', units: 6 }, { kind: 'tanh' }, { kind: 'dense', units: 2 }],
      loss: 'squared',
      initialisation: 'xavier-uniform',
    };
    const { engine, split, theta } = setUp('differences', spec, 4, 2);
    const items = Uint32Array.of(3, 50, 400);
    const out = rubbish(theta.length);
    engine.gradient(theta, items, out);
    const step = 1e-6;
    for (let i = 0; i < theta.length; i += 1) {
      const lossAt = (by: number) => {
        const moved = Float64Array.from(theta);
        moved[i]! += by;
        return tanhLossInFloat64(moved, split, items);
      };
      const difference = (lossAt(step) - lossAt(-step)) / (2 * step);
      expect(Math.abs(out[i]! - difference)).toBeLessThan(5e-6);
    }
  });

  it('is evaluated over all items, alike in parts', () => {
    const { engine, split, theta } = setUp('evaluation', mlp(5, 2), 5, 2);
    const whole = engine.evaluate(theta, 'test', 0, ITEMS) as NumberEvaluation;
    const absolute = [0, 0];
    const squares = [0, 0];
    for (let item = 0; item < ITEMS; item += 1) {
      for (let j = 0; j < 2; j += 1) {
        let sum = 0;
        for (let k = 0; k < 5; k += 1) {
          sum = fround(sum + fround(split.inputs[item * 5 + k]! * theta[k * 2 + j]!));
        }
        const d = fround(fround(sum + theta[10 + j]!) - split.targets[item * 2 + j]!);
        absolute[j]! += Math.abs(d);
        squares[j]! += d * d;
      }
    }
    expect([...whole.absoluteErrors]).toEqual(absolute);
    expect([...whole.squaredErrors]).toEqual(squares);
    expect(whole.lossSum).toBeCloseTo((squares[0]! + squares[1]!) / 2, 3);
    const parts = [engine.evaluate(theta, 'test', 0, 1), engine.evaluate(theta, 'test', 1, ITEMS)];
    const lossSum = parts.reduce((sum, part) => sum + part.lossSum, 0);
    expect(lossSum).toBeCloseTo(whole.lossSum, 9);
  });
});

describe('a model for numbers', () => {
  const street = { name: 'street', features: 4, classes: null, outputs: 2 };

  it('gives as many as an item has', () => {
    expect(modelProblems(mlp(4, 8, 2), street)).toEqual([]);
    expect(modelProblems(mlp(4, 8, 1), street)).toEqual([
      {
        path: ['layers'],
        found: 'the last layer width is 1, dataset street has 2 targets',
        advice: ['for instance [4, 8, 2]'],
      },
    ]);
  });

  it('needs a loss that is one of numbers', () => {
    const { loss: _, ...withoutLoss } = mlp(4, 2);
    expect(modelProblems(withoutLoss, street)).toEqual([
      {
        path: ['loss'],
        found: 'cross-entropy needs classes, the targets of dataset street are numbers',
        advice: ['expected squared'],
      },
    ]);
  });
});

/** Of 4 inputs, 6 hidden units with tanh and 2 outputs. */
function tanhLossInFloat64(theta: Float64Array, { inputs, targets }: Split, items: Uint32Array) {
  let total = 0;
  for (const item of items) {
    const hidden = Array.from({ length: 6 }, (_, unit) => {
      let sum = theta[24 + unit]!;
      for (let k = 0; k < 4; k += 1) sum += inputs[item * 4 + k]! * theta[k * 6 + unit]!;
      return Math.tanh(sum);
    });
    for (let j = 0; j < 2; j += 1) {
      let output = theta[42 + j]!;
      for (let unit = 0; unit < 6; unit += 1) output += hidden[unit]! * theta[30 + unit * 2 + j]!;
      total += (output - targets[item * 2 + j]!) ** 2 / 2;
    }
  }
  return total;
}

describe('TensorFlow.js', () => {
  it('agrees with the reference engine on numbers', async () => {
    const spec = mlp(5, 8, 2);
    const { engine, data, theta } = setUp('tfjs', spec, 5, 2);
    const other = await openEngine(bound, { engine: 'tfjs-cpu', model: spec, data });
    const items = Uint32Array.of(3, 50, 400);
    const [ours, theirs] = [rubbish(theta.length), rubbish(theta.length)];
    const loss = engine.gradient(theta, items, ours);
    expect(Math.abs((await other.gradient(theta, items, theirs)) - loss)).toBeLessThan(1e-5);
    for (const [i, value] of ours.entries()) {
      expect(Math.abs(theirs[i]! - value)).toBeLessThan(1e-5);
    }
    const found = (await other.evaluate(theta, 'test', 0, ITEMS)) as NumberEvaluation;
    const expected = engine.evaluate(theta, 'test', 0, ITEMS) as NumberEvaluation;
    expect(Math.abs(found.lossSum - expected.lossSum)).toBeLessThan(1e-3);
    for (const j of [0, 1]) {
      const [a, b] = [found.absoluteErrors[j]!, expected.absoluteErrors[j]!];
      expect(Math.abs(a - b)).toBeLessThan(1e-3);
      expect(Math.abs(found.squaredErrors[j]! - expected.squaredErrors[j]!)).toBeLessThan(1e-3);
    }
  });
});
