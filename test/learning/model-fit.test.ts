import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '#src/learning/engine.js';
import type { LayerSpec } from '#src/learning/layer-spec.js';
import { modelParameters } from '#src/learning/model.js';
import { modelProblems } from '#src/learning/model-fit.js';

const model = (...layers: number[]): ModelSpec => ({
  kind: 'mlp',
  layers,
  activation: 'relu',
  initialisation: 'xavier-uniform',
});
const mnist = { name: 'mnist', features: 784, classes: 10, outputs: 10 };

test('a model whose ends meet the data has no problem', () => {
  expect(modelProblems(model(784, 128, 64, 10), mnist)).toEqual([]);
  expect(modelProblems(model(784, 10), mnist)).toEqual([]);
});

test('both ends are checked at once, with what would fit', () => {
  expect(modelProblems(model(64, 32, 3), mnist)).toEqual([
    {
      path: ['layers'],
      found: 'the first layer width is 64, dataset mnist has 784 features',
      advice: ['for instance [784, 32, 10]'],
    },
    {
      path: ['layers'],
      found: 'the last layer width is 3, dataset mnist has 10 classes',
      advice: ['for instance [784, 32, 10]'],
    },
  ]);
});

test('a model of one width is none', () => {
  expect(modelProblems(model(784), mnist)[0]?.found).toBe('a model of 1 layer width');
});

describe('a model of layers', () => {
  const layers = (input: number[], ...specs: LayerSpec[]): ModelSpec => ({
    kind: 'layers',
    input,
    layers: specs,
    loss: 'cross-entropy',
    initialisation: 'xavier-uniform',
  });
  const conv2d: LayerSpec = {
    kind: 'conv2d',
    filters: 3,
    size: 5,
    stride: 2,
    padding: 'valid',
  };

  test('that fits has no problem', () => {
    const spec = layers(
      [28, 28, 1],
      conv2d,
      { kind: 'max-pool', size: 3 },
      { kind: 'dense', units: 10 },
    );
    expect(modelProblems(spec, mnist)).toEqual([]);
  });

  test('is reported where it does not: at its input, at a layer, at its end', () => {
    const wrong: [ModelSpec, (string | number)[], string][] = [
      [layers([28, 27, 1], { kind: 'dense', units: 10 }), ['input'], '[28, 27, 1] has 756 numbers'],
      [layers([784], conv2d), ['layers', 0], 'conv2d needs [rows, columns, channels]'],
      [
        layers([28, 28, 1], { kind: 'max-pool', size: 7 }, conv2d, { kind: 'dense', units: 10 }),
        ['layers', 1],
        'a window of 5 x 5 in images of 4 x 4',
      ],
      [
        layers([28, 28, 1], { kind: 'average-pool', size: 29, stride: 1 }),
        ['layers', 0],
        'a window of 29 x 29 in images of 28 x 28',
      ],
      [layers([784], { kind: 'dense', units: 9 }, { kind: 'relu' }), ['layers', 1], 'is [9]'],
      [layers([28, 28, 1], conv2d), ['layers', 0], 'is [12, 12, 3]'],
    ];
    for (const [spec, path, found] of wrong) {
      expect(modelProblems(spec, mnist)).toEqual([
        { path, found: expect.stringContaining(found), advice: [expect.any(String)] },
      ]);
    }
  });

  test('names its tensors by the layers that have some', () => {
    const spec = layers(
      [28, 28, 1],
      conv2d,
      { kind: 'relu' },
      { ...conv2d, padding: 'same' },
      { kind: 'flatten' },
      { kind: 'dense', units: 10 },
    );
    expect(modelParameters(spec).map(({ name, shape }) => [name, shape])).toEqual([
      ['conv2d-1/weights', [5, 5, 1, 3]],
      ['conv2d-1/biases', [3]],
      ['conv2d-2/weights', [5, 5, 3, 3]],
      ['conv2d-2/biases', [3]],
      ['dense-1/weights', [6 * 6 * 3, 10]],
      ['dense-1/biases', [10]],
    ]);
  });
});
