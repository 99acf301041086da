import { expect, test } from 'vitest';
import { loadDataset } from '#src/learning/datasets/load.js';
import { makeSynthetic } from '#src/learning/datasets/synthetic.js';

test('the same spec gives the same data, another seed gives other data', async () => {
  const first = await loadDataset({ name: 'synthetic' }, '.');
  expect(makeSynthetic({ name: 'synthetic' }).sha256).toBe(first.sha256);
  expect(makeSynthetic({ name: 'synthetic', seed: 2 }).sha256).not.toBe(first.sha256);
});

test('sizes are as asked and classes have equal shares', () => {
  const size = { features: 3, classes: 4, trainItems: 10, testItems: 5 };
  const data = makeSynthetic({ name: 'synthetic', ...size });
  expect(data.splits.train.inputs).toHaveLength(30);
  expect(Array.from(data.splits.train.targets)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1]);
  expect([data.splits.validation.items, data.splits.test.items]).toEqual([500, 5]);
});

test('classes can be distinguished: the nearest mean of the train split is nearly always right', () => {
  const { features, outputs: classes, splits } = makeSynthetic({ name: 'synthetic' });
  const means = new Float64Array(classes * features);
  const perClass = splits.train.items / classes;
  splits.train.inputs.forEach((value, index) => {
    const item = Math.floor(index / features);
    means[splits.train.targets[item]! * features + (index % features)]! += value / perClass;
  });
  const distance = (item: number, label: number) => {
    let sum = 0;
    for (let k = 0; k < features; k += 1) {
      sum += (splits.test.inputs[item * features + k]! - means[label * features + k]!) ** 2;
    }
    return sum;
  };
  let right = 0;
  for (let item = 0; item < splits.test.items; item += 1) {
    const distances = Array.from({ length: classes }, (_, label) => distance(item, label));
    if (distances.indexOf(Math.min(...distances)) === splits.test.targets[item]) right += 1;
  }
  expect(right / splits.test.items).toBeGreaterThan(0.95);
});
