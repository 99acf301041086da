import type { Dataset } from '../../learning/dataset.ts';
import { loadDataset } from '../../learning/datasets/load.ts';
import type { Config } from '../config-schema.ts';

/** Facts of a dataset that the check of a config needs. */
export type DatasetSizes = Pick<Dataset, 'features' | 'classes' | 'outputs'> &
  Partial<Pick<Dataset, 'splits'>> & { trainItems?: number };

/** The user's own files have to be read for them. Throws InputError. */
export async function datasetSizes(dataset: Config['data']['dataset']): Promise<DatasetSizes> {
  if (dataset.name === 'mnist')
    return { features: 784, classes: 10, outputs: 10, trainItems: 60_000 };
  if (dataset.name === 'synthetic') return { ...dataset, outputs: dataset.classes };
  return loadDataset(dataset, '.');
}
