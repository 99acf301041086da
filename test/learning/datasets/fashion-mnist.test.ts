import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FASHION_MNIST_FOLDER } from '#src/learning/datasets/fashion-mnist.js';
import { loadDataset } from '#src/learning/datasets/load.js';
import { mnistFolder } from '#src/learning/datasets/mnist.js';
import { testNeeding } from '../../needs.ts';

const file = join(FASHION_MNIST_FOLDER, 'train-images-idx3-ubyte.gz');

testNeeding({ files: { [file]: 'dataset-fashion-mnist' } })(
  'fashion-mnist is what was published',
  async () => {
    const spec = { name: 'fashion-mnist', folder: FASHION_MNIST_FOLDER } as const;
    const { splits, features, classes } = await loadDataset(spec, '.');
    expect([features, classes]).toEqual([784, 10]);
    // 1000 test items of each class, and an ankle boot, a T-shirt, a T-shirt first.
    const counts = new Array(10).fill(0);
    for (const label of splits.test.targets) counts[label] += 1;
    expect(counts).toEqual(new Array(10).fill(1000));
    expect(Array.from(splits.train.targets).slice(0, 3)).toEqual([9, 0, 0]);
  },
);

test('fashion-mnist refuses other files, each by its name', async () => {
  const load = () => loadDataset({ name: 'fashion-mnist', folder: mnistFolder() }, '.');
  await expect(load()).rejects.toThrow(
    /train-images.*: not the published file: its SHA-256 is ba891046/,
  );
});

test('fashion-mnist says which package brings it', async () => {
  const load = () => loadDataset({ name: 'fashion-mnist', folder: '/no/such/folder' }, '.');
  await expect(load()).rejects.toThrow('apt-get install dataset-fashion-mnist');
});
